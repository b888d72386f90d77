-- Building strings, patterns, UTF-8.
local parts = {}
for i = 1, 1000 do parts[#parts + 1] = ("%04x"):format(i * 7919 % 65536) end
local text = table.concat(parts, ",")
print(#text, text:sub(1, 24), text:sub(-9), text:rep(2, ";"):len())
print(("x"):rep(3, "-"), ("abc"):reverse(), ("Hello"):upper(), ("Hello"):lower(),
	("abc"):byte(1, -1))

print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"))
print(("  trim me  "):match("^%s*(.-)%s*$") .. "|")
print(("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):find("%((%a+)%)"))
print(("hello world"):gsub("o", "0"), ("hello"):gsub("", "-"), ("abc"):gsub("%w", "%0%0"))
print(("$name is $age"):gsub("%$(%w+)", { name = "Ada", age = 36 }))
print(("1,2,,3"):gsub(",", function(s) return s == "," and ";" end, 2))
print(("THE END"):find("%f[%a]%a+%f[%A]"), ("a.b"):find(".", 1, true),
	("\0a\0"):find("%z"))
for word in ("one two  three"):gmatch("%a+") do io.write(word, ".") end
for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do io.write(k, v, " ") end
print()

for c = 0, 255 do
	local s, classes = string.char(c), {}
	for class in ("acdglpsuwx"):gmatch(".") do
		classes[#classes + 1] = s:find("%" .. class) and class or "."
	end
	io.write(table.concat(classes), " ", s:upper():byte(), " ", s:lower():byte(),
		"\n")
end
print(utf8.char(72, 228, 8364, 0x10FFFF), utf8.len("äöü€"), utf8.codepoint("€", 1),
	utf8.len("\xff"))
for position, code in utf8.codes("aß€") do io.write(position, ":", code, " ") end
print()
print("a" < "B", "a" < "b", "Z" < "a", "a\0b" < "a\0c", "" < "a", "\xff" > "a")
print(("%-10s|%10s|%.2s|%q|%s"):format("left", "right", "cut", "line\n\0\"\\\r\1272",
	true))
print(pcall(string.rep, "x", -1), pcall(string.format, "%d", "3.5"),
	pcall(string.find, "a", "[a"))
