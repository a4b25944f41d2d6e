-- templates.lua check|time WORKLOAD FOLDER ... (see bench/c/harness.h): templates of FOLDER/templates-luajit (<% code %>, <%= value %>) as
-- Lua functions, compiled by LuaJIT: pieces go into a table that table.concat joins.
local command, workload, folder = arg[1], arg[2], arg[3]
local concat, find, gsub, sub = table.concat, string.find, string.gsub, string.sub

local function contents(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

-- JSON as it is in the data: an object has its values by name, and by number in their order.
local escapes = {n = "\n", t = "\t", r = "\r", b = "\b", f = "\f"}
local function read(text, at)
  at = find(text, "%S", at)
  local first = sub(text, at, at)
  if first == '"' then
    local stop = at + 1
    while sub(text, stop, stop) ~= '"' do stop = stop + (sub(text, stop, stop) == "\\" and 2 or 1) end
    return gsub(sub(text, at + 1, stop - 1), "\\(.)", function(c) return escapes[c] or c end), stop + 1
  elseif first == "[" or first == "{" then
    local all, stop = {}, first == "[" and "]" or "}"
    at = find(text, "%S", at + 1)
    while sub(text, at, at) ~= stop do
      local key
      if first == "{" then
        key, at = read(text, at)
        at = find(text, ":", at) + 1
      end
      all[#all + 1], at = read(text, at)
      if key then all[key] = all[#all] end
      at = find(text, "%S", at)
      if sub(text, at, at) == "," then at = find(text, "%S", at + 1) end
    end
    return all, at + 1
  end
  local word = string.match(text, "^[%w.+-]+", at)
  if word == "true" then return true, at + 4 elseif word == "false" then return false, at + 5 elseif word == "null" then return false, at + 4 end
  return assert(tonumber(word)), at + #word
end

local entities = {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&#34;", ["'"] = "&#39;"}
local function escape(value)
  if type(value) == "string" and find(value, "[&<>\"']") then return (gsub(value, "[&<>\"']", entities)) end
  return value
end

local function compile(source)
  local lines, at = {"local escape, concat = ...", "return function(it)", "local b, n = {}, 0"}, 1
  while true do
    local open, after, equals = find(source, "<%%(=?)", at)
    local text = sub(source, at, open and open - 1)
    if text ~= "" then lines[#lines + 1] = string.format("n = n + 1 b[n] = %q", text) end
    if not open then break end
    local close = find(source, "%>", after, true)
    local code = sub(source, after + 1, close - 1)
    lines[#lines + 1] = equals == "=" and "n = n + 1 b[n] = escape(" .. code .. ")" or code
    at = close + 2
  end
  lines[#lines + 1] = "return concat(b) end"
  return assert(loadstring(concat(lines, "\n")))(escape, concat)
end

local render = compile(contents(folder .. "/templates-luajit/" .. gsub(workload, "stocks200", "stocks20") .. ".jinja"))
local data = read(contents(folder .. "/data/" .. workload .. ".json"), 1)
if command == "check" then
  local file = assert(io.open(arg[4], "wb"))
  file:write(render(data))
  file:close()
  return
end
local bytes = 0 -- what becomes of the page; without it the JIT could drop it
dofile(string.match(arg[0], "^.*/") .. "measure.lua")(function() bytes = #render(data) end, tonumber(arg[4]), tonumber(arg[5]))
