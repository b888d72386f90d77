-- Loops over integers and floats, and how numbers are written and read.
local sum, product, harmonic = 0, 1, 0.0
for i = 1, 100000 do sum = sum + i * i end
for i = 1, 20 do product = product * i end
for i = 1, 100000 do harmonic = harmonic + 1 / i end
print(sum, product, harmonic)
for x = 0.0, 1.0, 0.125 do io.write(x, " ") end
for i = 10, 1, -3 do io.write(i, " ") end
print()

local a, b = 0, 1
for _ = 1, 90 do a, b = b, a + b end
print(a, b, math.maxinteger + 1 == math.mininteger, math.maxinteger // -1)
print(7 // 2, -7 // 2, 7 % -3, -7 % 3, 7.5 // 2, -7.5 % 2, 2 ^ 0.5, 1 << 62, ~0 >> 1)
print(1 / 0, -1 / 0, 0 / 0, -(0 / 0), 3 // 0.0, -0.0, 1e15, 1e16, 2 ^ 53, 123456.789e3)
print(math.pi, math.sqrt(2), math.exp(1), math.log(10), math.log(8, 2), math.fmod(-7, 3))
print(math.floor(-2.5), math.ceil(-2.5), math.tointeger(3.0), math.ult(1, -1),
	math.type(1.0))

for _, text in ipairs { "0x1p4", "0x.8", "0xA.8p1", "  12  ", "1e400", "0x", "1e", "nan",
	"inf", "1 2", "0x7fffffffffffffff", "9223372036854775808", "1e-400", ".5", "5.",
	"4.9e-324", "2.4703282292062327e-324", "0x1.fffffffffffffp1023", "1_0", "" } do
	print(text, tonumber(text), math.type(tonumber(text)))
end
print(tonumber("zz", 36), tonumber("-ff", 16), tonumber("8", 8), tonumber("1e1", 16))

local formats = { "%d", "%5d|", "%-8d|", "%+d", "%05d", "% d", "%x", "%X", "%#x", "%o",
	"%i" }
local float_formats = { "%f", "%.0f", "%.3f", "%10.2f", "%-10.2f|", "%+e", "%.17g",
	"%.14g",
	"%g", "%G", "%E", "%#g", "%010.3f", "%.40f", "%a", "%.3a", "%q" }
-- Seeded, so the same numbers everywhere; any bits, but no subnormals: %a writes those
-- in more than one way.
math.randomseed(42)
for _ = 1, 500 do
	local bits = math.random(0)
	local number = string.unpack("d", string.pack("j", bits))
	for _, format in ipairs(formats) do io.write(string.format(format, bits), " ") end
	if number == number and math.abs(number) > 1e-300 then
		for _, format in ipairs(float_formats) do
			io.write(string.format(format, number), " ")
		end
		assert(tonumber(string.format("%.17g", number)) == number)
	end
	print(number)
end
print(math.random(1, 100), math.random(), math.random(1 << 40))
