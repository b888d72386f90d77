-- Coroutines: generators, errors across them, wrap, close, depth.
local function permutations(items)
	local function step(n)
		if n == 0 then coroutine.yield(table.concat(items, " ")) return end
		for i = 1, n do
			items[i], items[n] = items[n], items[i]
			step(n - 1)
			items[i], items[n] = items[n], items[i]
		end
	end
	return coroutine.wrap(function() step(#items) end)
end
for p in permutations { "a", "b", "c" } do print(p) end

local function filter(prime, source)
	return coroutine.wrap(function()
		for n in source do if n % prime ~= 0 then coroutine.yield(n) end end
	end)
end
local source = coroutine.wrap(function() for n = 2, 300 do coroutine.yield(n) end end)
for prime in source do io.write(prime, " ") source = filter(prime, source)
	if prime > 60 then break end end
print()

local co = coroutine.create(function(a, b)
	print("start", a, b, coroutine.isyieldable())
	local c = coroutine.yield(a + b)
	print("again", c)
	local d, e = coroutine.yield(c * 2)
	error({ code = d + e })
end)
print(coroutine.resume(co, 1, 2))
print(coroutine.resume(co, 10))
local ok, failure = coroutine.resume(co, 20, 22)
print(ok, type(failure), failure.code, coroutine.status(co), coroutine.resume(co))
print(pcall(coroutine.wrap(function() error("through wrap", 0) end)))
print(select(2, coroutine.running()), coroutine.isyieldable())

local closing = coroutine.create(function()
	local x <close> = setmetatable({}, { __close = function() print("closed") end })
	coroutine.yield()
end)
coroutine.resume(closing)
print(coroutine.close(closing), coroutine.status(closing))
-- Across pcall, and in a metamethod and an iterator.
print(coroutine.wrap(function()
	return pcall(function() return coroutine.yield(1) end)
end)())

local many = {}
for i = 1, 2000 do
	many[i] = coroutine.wrap(function()
		for j = 1, 5 do coroutine.yield(i * j) end
	end)
end
local total = 0
for _ = 1, 5 do for i = 1, 2000 do total = total + many[i]() end end
print(total)
local function nest(n) return n == 0 and "bottom" or coroutine.wrap(nest)(n - 1) end
print(nest(100), pcall(nest, 1000))
