-- Sessions of users whose ids begin alike are one hash: session id -> lines, in the order of `Line` in session-store.ts.

local USER, GENERATION, EXPIRES, ROTATED_BY = 1, 2, 3, 4

local function split(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do lines[#lines + 1] = line end
  return lines
end

local function set(key, id, lines) redis.call('HSET', key, id, table.concat(lines, '\n')) end

-- Calls visit(id, lines) for each session of the user.
local function each(key, user, visit)
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local lines = split(all[i + 1])
    if lines[USER] == user then visit(all[i], lines) end
  end
end

-- Drops what has ended, and lets the hash end with its last session.
local function tidy(key, now)
  local all, last = redis.call('HGETALL', key), 0
  for i = 1, #all, 2 do
    local expires = tonumber(split(all[i + 1])[EXPIRES])
    if expires <= now then redis.call('HDEL', key, all[i]) end
    if expires > last then last = expires end
  end
  if last > now then redis.call('PEXPIRE', key, last - now) end
end
