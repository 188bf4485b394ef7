-- Asks for the end of a job, wherever it is.
--
-- KEYS[1]  the job's ledger entry
-- ARGV     prefix, job id, seconds that a ledger entry lives
-- Returns  the state that the job has: one that has ended stays as it is; empty for one that is not known yet, which
--          will be cancelled when it comes
local ledger, prefix, id, ttl = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local known = redis.call('HMGET', ledger, 'state', 'node')
local state = known[1] or ''
if ended[state] then return state end
redis.call('HSET', ledger, 'cancel', '1')
if state == '' then
  redis.call('EXPIRE', ledger, ttl)
  return state
end
local requests = prefix .. ':node:' .. known[2] .. ':cancel'
redis.call('XADD', requests, 'MAXLEN', '~', 10000, '*', 'job', id)
redis.call('EXPIRE', requests, ttl)
return state
