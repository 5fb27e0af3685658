-- Ends all sessions of a user.
-- KEYS  1 sess:TAG
-- ARGV  1 user id
-- Answer {id, lines, id, lines, ...}

local ended = {}
each(KEYS[1], ARGV[1], function(id, lines)
  ended[#ended + 1] = id
  ended[#ended + 1] = table.concat(lines, '\n')
  redis.call('HDEL', KEYS[1], id)
end)
return ended
