-- Closures, upvalues, metatables, goto, varargs, to-be-closed variables.
local function counter(step)
	local count = 0
	return function() count = count + step return count end,
		function() return count end
end
local bump, read = counter(3)
for _ = 1, 5 do bump() end
print(read())

local functions = {}
for i = 1, 5 do functions[i] = function() i = i * 2 return i end end
for _, f in ipairs(functions) do io.write(f(), " ", f(), " ") end
print()

local function curry(f, n, ...)
	local bound = table.pack(...)
	if n == 0 then return f(table.unpack(bound)) end
	return function(x)
		bound[bound.n + 1] = x
		return curry(f, n - 1, table.unpack(bound, 1, bound.n + 1))
	end
end
print(curry(function(a, b, c) return a .. b .. c end, 3)("x")("y")("z"))
print(select("#", nil, nil), select(-1, 1, 2, 3), (function(...) return ... end)(1, 2))

local Vector = {}
Vector.__index = Vector
Vector.__add = function(a, b)
	return setmetatable({ a[1] + b[1], a[2] + b[2] }, Vector)
end
Vector.__eq = function(a, b) return a[1] == b[1] and a[2] == b[2] end
Vector.__tostring = function(v) return "(" .. v[1] .. ", " .. v[2] .. ")" end
Vector.__call = function(v, k) return v[1] * k + v[2] * k end
Vector.__len = function() return 2 end
Vector.__close = function(v) print("closing " .. tostring(v)) end
local v = setmetatable({ 1, 2 }, Vector)
print(tostring(v + v), v == setmetatable({ 1, 2 }, Vector), v(10), #v)
do
	local first <close> = v
	local second <close> = v + v
	print("in the block")
end
local defaults = setmetatable({}, { __index = function(_, k) return k .. "?" end })
print(defaults.x, rawget(defaults, "x"))

for i = 1, 3 do
	for j = 1, 3 do
		if j == 2 then goto continue end
		io.write(i, "/", j, " ")
		::continue::
	end
end
print()
local function ackermann(m, n)
	if m == 0 then return n + 1 end
	if n == 0 then return ackermann(m - 1, 1) end
	return ackermann(m - 1, ackermann(m, n - 1))
end
print(ackermann(2, 300))
