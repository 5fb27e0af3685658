-- Prolongs a lease and tells the owner when the store stands behind its memory.
-- KEYS  1 {s:ID}:head
-- ARGV  1 epoch  2 nonce  3 newest committed seq in the owner's memory  4 lease ms
-- Answer {'renewed', run id} | {'fenced'} | {'behind', seq, run id} | {'missing', run id}

local head, run = read_head(KEYS[1]), run_id()
local epoch, nonce = tonumber(ARGV[1]), ARGV[2]
if not head then return { 'missing', run } end
if head.dead then return { 'fenced' } end
if store_is_behind(head, epoch, nonce, tonumber(ARGV[3])) then return { 'behind', head.seq, run } end
if head.epoch ~= epoch or head.nonce ~= nonce then return { 'fenced' } end
redis.call('HSET', KEYS[1], 'lease', now_ms() + tonumber(ARGV[4]), 'run', run, 'graced', 0)
return { 'renewed', run }
