-- A program of two files, its arguments, and the functions that find them.
local module = require "module"
print(module.name, module.greet("world"), require "module" == module,
	package.loaded.module == module)
print(#arg, arg[0], arg[1], arg[2], ...)
package.cpath = "./?.so" -- what it starts with names the architecture
print((select(2, pcall(require, "no.such.module"))))
print(package.config, package.searchpath("module", "./?.lua;./?.x"),
	package.searchpath("x", "?.q"))
print(pcall(dofile, "missing.lua"), loadfile("module.lua")("called").name)
local environment = { print = print }
load("x = 1 y = 2 print(x + y)", "chunk", "t", environment)()
print(x, environment.x, _G._G == _G, _VERSION)
collectgarbage()
print(collectgarbage("count") > 0, collectgarbage("step"), collectgarbage("isrunning"))
print(debug.getinfo(1, "S").short_src, debug.getinfo(1, "l").currentline,
	debug.getinfo(print, "S").what)
os.exit(true, true)
