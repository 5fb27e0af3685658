-- Ends what a run began, unless somebody else holds the key by now.
-- KEYS  1 idem:{KEY}
-- ARGV  1 the run's mark  2 answer with its mark ('': none, the key is free)  3 kept for ms
-- Answer 1 | 0 (not this run's)

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
