-- table.sort, and the other functions of tables.
math.randomseed(1234)
local numbers = {}
for i = 1, 5000 do numbers[i] = math.random(1, 100000) end
table.sort(numbers)
for i = 2, #numbers do assert(numbers[i - 1] <= numbers[i]) end
print(numbers[1], numbers[2500], numbers[5000])
table.sort(numbers, function(a, b) return a > b end)
print(numbers[1], numbers[2500], numbers[5000])

local words = {}
for word in ("the quick brown fox jumps over the lazy dog"):gmatch("%a+") do
	words[#words + 1] = word
end
table.sort(words)
print(table.concat(words, " "))
table.sort(words, function(a, b) return #a < #b or #a == #b and a < b end)
print(table.concat(words, " ", 2, 6))
-- Not stable, but the same steps everywhere.
local records = {}
for i = 1, 60 do records[i] = { key = i * 7 % 5, id = i } end
table.sort(records, function(a, b) return a.key < b.key end)
for _, r in ipairs(records) do io.write(r.key, ":", r.id, " ") end
print()
print(pcall(table.sort, { 3, 1, "x" }))
print(pcall(table.sort, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, function() return true end))

local t = { 1, 2, 3 }
table.insert(t, 4)
table.insert(t, 1, 0)
print(table.remove(t), table.remove(t, 1), table.concat(t, ","), #t)
print(table.unpack(table.move({ 1, 2, 3 }, 1, 3, 2)))
print(table.pack(1, nil, 3).n, next({}), rawlen({ 1, 2 }), rawequal(t, t))
local sieve, primes = {}, 0
for i = 2, 100000 do
	if not sieve[i] then
		primes = primes + 1
		for j = i * i, 100000, i do sieve[j] = true end
	end
end
print(primes)
