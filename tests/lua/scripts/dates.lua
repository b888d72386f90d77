-- Times that are the same on every day, in UTC.
for _, time in ipairs { 0, 951782400, 1700000000, 4102444800, 1 << 33, -1 } do
	print(os.date("!%a %A %b %B %c %d %D %e %F %g %G %h %H %I %j %m %M %p", time))
	print(os.date("!%r %R %S %T %u %U %V %w %W %x %X %y %Y %Z %%", time))
end
local keys = { "year", "month", "day", "hour", "min", "sec", "wday", "yday", "isdst" }
for _, key in ipairs(keys) do
	io.write(key, "=", tostring(os.date("!*t", 1709210096)[key]), " ")
end
print()
print(os.time { year = 2024, month = 2, day = 30, hour = 12 })
print(os.time { year = 2024, month = 14, day = -3, hour = 36, min = -5,
	sec = 1e3 // 1 | 0 })
print(os.difftime(5, 3), pcall(os.time, { year = 2024 }), pcall(os.date, "%Q"),
	pcall(os.date, "!%Ez", 0))
local now = os.time()
print(math.type(now), now > 1700000000, os.date("*t", now).year >= 2023,
	os.time(os.date("*t", now)) == now)
local before = os.clock()
for _ = 1, 1000000 do end
print(os.clock() >= before, math.type(before), before < 10)
print(os.getenv("NO_SUCH_VARIABLE"), os.setlocale(), os.setlocale("C"),
	os.setlocale("xx_XX"))
