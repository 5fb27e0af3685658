-- Replaces the refresh token of a session.
-- KEYS  1 sess:TAG
-- ARGV  1 now ms  2 session id  3 generation shown  4 rotated by, '' nobody  5 new end ms
-- Answer {rotated | repeated | reused, lines} | nil (no such session)

local now, shown = tonumber(ARGV[1]), tonumber(ARGV[3])
tidy(KEYS[1], now)
local stored = redis.call('HGET', KEYS[1], ARGV[2])
if not stored then return nil end
local lines = split(stored)
local generation = tonumber(lines[GENERATION])

if shown == generation then
  lines[GENERATION], lines[EXPIRES], lines[ROTATED_BY] = string.format('%.0f', generation + 1), ARGV[5], ARGV[4]
  set(KEYS[1], ARGV[2], lines)
  tidy(KEYS[1], now)
  return { 'rotated', table.concat(lines, '\n') }
end
if shown == generation - 1 and ARGV[4] ~= '' and ARGV[4] == lines[ROTATED_BY] then
  -- Written again, so that a durability wait covers the first time.
  set(KEYS[1], ARGV[2], lines)
  return { 'repeated', stored }
end
redis.call('HDEL', KEYS[1], ARGV[2])
return { 'reused', stored }
