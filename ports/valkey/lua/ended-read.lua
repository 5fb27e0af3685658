-- Sessions that have ended since a mark.
-- KEYS  1 sess:ended
-- ARGV  1 mark (the store's ms), '' none  2 ms to look back before it
-- Answer {new mark, member, member, ...}

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = '-inf'
-- After a failover the store's clock may be behind the mark: then everything is read.
if ARGV[1] ~= '' and tonumber(ARGV[1]) <= now then since = ARGV[1] - ARGV[2] end
local members = redis.call('ZRANGEBYSCORE', KEYS[1], since, '+inf')
table.insert(members, 1, string.format('%.0f', now))
return members
