-- string.pack and string.unpack, in formats that do not depend on the machine.
local function hex(s)
	return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

print(hex(string.pack("<i1i2i4i8", -1, -2, -3, -4)))
print(hex(string.pack(">I1I2I4I8", 1, 2, 3, 4)))
print(hex(string.pack("<fd", 1.5, -2.25)), hex(string.pack(">n", math.pi)))
print(hex(string.pack("z", "hello")), hex(string.pack("s1", "abc")),
	hex(string.pack(">s4", "abc")))
print(hex(string.pack("<!4 i1 i4", 1, 2)), hex(string.pack("<i1 x i2", 1, 2)),
	hex(string.pack("c5", "ab")))
print(hex(string.pack("<i16", -5)), hex(string.pack("<i3", -70000)),
	hex(string.pack("<j", math.mininteger)))
print(string.unpack("<i1i2i4i8", string.pack("<i1i2i4i8", -1, -2, -3, -4)))
print(string.unpack("z s1 c3", "one\0\3twoxyz"))
print(string.packsize("<i4i8d"), string.packsize("<!8 i1 i8"))
print(pcall(string.pack, "i1", 200), pcall(string.unpack, "i4", "abc"),
	pcall(string.pack, "i17", 1))
print(string.unpack("<f", string.pack("<f", 0.1)),
	string.unpack(">d", string.pack(">d", 1e-310)))
for size = 1, 8 do
	io.write(string.unpack("<i" .. size, ("\xfe"):rep(size)), " ",
		string.unpack(">I" .. size, ("\x81"):rep(size)), " ")
end
print()
local dumped = string.dump(function(x) return x * 2 end, true)
print(load(dumped, "dumped", "b")(21), load(dumped, "dumped", "t"))
