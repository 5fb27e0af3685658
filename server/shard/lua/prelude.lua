-- Put in front of the scripts that ask for the time or the run. Effects are replicated, not scripts, so both may differ elsewhere.

-- The primary's wall clock, ms.
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Changes with every restart of the primary and with every failover. Read here, so that no connection's older view is compared.
local function run_id()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
end

-- See storeIsBehind in ledger-rules.ts.
local function store_is_behind(head, epoch, nonce, seq)
  if head.epoch == epoch and head.nonce == nonce then return head.seq < seq end
  return epoch > head.floor
end

-- The head as a table, nil when there is none.
local function read_head(key)
  local f = redis.call('HMGET', key, 'epoch', 'nonce', 'owner', 'lease', 'seq', 'run', 'floor', 'graced', 'dead')
  if not f[1] then return nil end
  return {
    epoch = tonumber(f[1]), nonce = f[2], owner = f[3], lease = tonumber(f[4]), seq = tonumber(f[5]), run = f[6],
    floor = tonumber(f[7]), graced = f[8] == '1', dead = f[9] == '1',
  }
end
