-- Part of the demo: strings, closures, coroutines, and files in the allowed directory.
print(_VERSION .. " as a guest")

local words = {}
for word in ("a call is a jump"):gmatch("%a+") do
	words[#words + 1] = word:upper()
end
print(table.concat(words, " "))

local squares = coroutine.wrap(function()
	for n = 1, 5 do
		coroutine.yield(n * n)
	end
end)
print(squares(), squares(), squares())

for line in io.lines("demo.lua") do
	print("its own first line: " .. line)
	break
end
print(io.open("/etc/passwd"))
