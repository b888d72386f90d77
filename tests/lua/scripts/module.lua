-- The module that program.lua requires.
return { name = ..., greet = function(whom) return "hello, " .. whom end }
