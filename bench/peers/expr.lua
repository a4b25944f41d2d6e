-- expr.lua TASK - WARM_MS BATCH_MS: the tasks of bench/c/expr.c in Lua, in turns.
local task = arg[1]
local sin, cos, sqrt, pi = math.sin, math.cos, math.sqrt, math.pi
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local function loop(n) local total = 0 for i = 0, n - 1 do total = (total * 31 + i) % 1000003 end return total end
local rows = {}
for i = 0, 999 do rows[i + 1] = {name = "player " .. i, score = i * 7 % 1000, active = i % 3 ~= 0} end
local function report(all)
  local lines = {}
  for _, row in ipairs(all) do
    if row.active and row.score > 250 then lines[#lines + 1] = row.name .. ": " .. row.score * 2 .. " points" end
  end
  return table.concat(lines, "\n")
end
local x, keep = 1, 0
local works = {
  ["scalar E1"] = function() x = x + 0.001 local a, b, c, d = x, x + 1, x + 2, x + 3 keep = keep + ((a + b) * sin(c)) / (sqrt(d) + 1) end,
  ["scalar E4"] = function() x = x + 0.001 local a, b = x, x + 1 keep = keep + sqrt(1 - sin(2 * a) + cos(pi / b) / 3) end,
  ["loop"] = function() assert(loop(100000) == 933429) end,
  ["fib"] = function() assert(fib(20) == 6765) end,
  ["report"] = function() assert(#report(rows) == 11767) end,
  ["compile"] = function() keep = loadstring("local a, b, c, d = ... return ((a + b) * math.sin(c)) / (math.sqrt(d) + 1)") and keep end,
}
dofile(string.match(arg[0], "^.*/") .. "measure.lua")(works[task] or error("there is no task " .. task), tonumber(arg[3]), tonumber(arg[4]))
