-- Writes the ratings of players that are newer than what their records say; all else in a record stays as it is.
-- KEYS  u:{USER} (hash: rev, record), several of one slot, or of one server that is no cluster
-- ARGV  1 record of a player who has none  2 kept for ms  then for each key: rating, number of the game that gave it
-- Answer how many records were older

-- The text is changed in place: a decoder would lose empty lists, digits, and the order of the fields.
local function with(record, field, value)
  local changed, count = string.gsub(record, '"' .. field .. '":[^,}]+', '"' .. field .. '":' .. value, 1)
  if count == 1 then return changed end
  return string.sub(record, 1, -2) .. ',"' .. field .. '":' .. value .. '}'
end

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local written = 0
for k, key in ipairs(KEYS) do
  local rating, seq = ARGV[2 * k + 1], ARGV[2 * k + 2]
  local found = redis.call('HMGET', key, 'rev', 'record')
  local record = found[2] or ARGV[1]
  if tonumber(string.match(record, '"ratedSeq":(%d+)') or '0') < tonumber(seq) then
    -- As in user-set.lua.
    local revision = string.format('%.0f', math.max(tonumber(found[1] or '0') + 1, now))
    redis.call('HSET', key, 'rev', revision, 'record', with(with(record, 'rating', rating), 'ratedSeq', seq))
    redis.call('PEXPIRE', key, ARGV[2])
    written = written + 1
  end
end
return written
