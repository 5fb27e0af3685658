-- Adds a session.
-- KEYS  1 sess:TAG
-- ARGV  1 now ms  2 sessions of one user at most  3 user id  4 session id  5 its lines
-- Answer nil

redis.call('HSET', KEYS[1], ARGV[4], ARGV[5])
tidy(KEYS[1], tonumber(ARGV[1]))
local count, first, firstEnd = 0, nil, math.huge
each(KEYS[1], ARGV[3], function(id, lines)
  local expires = tonumber(lines[EXPIRES])
  count = count + 1
  if expires < firstEnd then first, firstEnd = id, expires end
end)
if count > tonumber(ARGV[2]) then redis.call('HDEL', KEYS[1], first) end
