-- What every harness in Lua does: after warming up a batch of `work` for each line that is read, as take_turns of bench/c/harness.h.
local clock = os.clock

local function batch(work, count)
  local begin = clock()
  for _ = 1, count do work() end
  return (clock() - begin) / count * 1e9
end

return function(work, warm_ms, batch_ms)
  local begin, runs = clock(), 0
  repeat for _ = 1, 8 do work() end runs = runs + 8 until (clock() - begin) * 1e3 >= warm_ms
  local count = math.max(1, math.floor(batch_ms / 1e3 / ((clock() - begin) / runs)))
  io.stdout:setvbuf("line")
  print("warm")
  for _ in io.lines() do
    batch(work, math.floor(count / 8))
    print(string.format("%.2f", batch(work, count)))
  end
end
