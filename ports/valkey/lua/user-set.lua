-- Writes a player's record if it still has the revision.
-- KEYS  1 u:{USER} (hash: rev, record)
-- ARGV  1 revision (0: no record)  2 record  3 kept for ms
-- Answer the new revision | nil (another revision)

local revision = redis.call('HGET', KEYS[1], 'rev') or '0'
if revision ~= ARGV[1] then return nil end
-- The time, so that neither a record that ended and came again nor a failover to an older copy gives a revision twice.
local time = redis.call('TIME')
local next_revision = string.format('%.0f', math.max(tonumber(revision) + 1, time[1] * 1000000 + time[2]))
redis.call('HSET', KEYS[1], 'rev', next_revision, 'record', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return next_revision
