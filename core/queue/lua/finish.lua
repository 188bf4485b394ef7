-- What happened on a node since the last call, told to the world in one step: ledger, results, replies, events,
-- dead letters, and the acknowledgement and removal of the entries.
--
-- KEYS[1]  the node's lease
-- ARGV     prefix, node, epoch, current time (RFC 3339), seconds that a ledger entry lives, then for each item
--          twelve values: kind, entry id, job id, tenant id, state, attempts, result, reply_to, events (JSON,
--          one a line), dead letter's reason, dead letter's error, and what becomes of the tenant's placement:
--          `keep` where the tenant is on the node now, `gone` where it is not and other jobs here are about it,
--          the newest entry that the node had read where no other is, else empty
-- Kinds    progress   the job began, or waits for its next attempt (its ledger)
--          finished   the job ended
--          answered   a repeated job gets the first result
--          malformed  the entry will never run
--          event      an event alone
--
-- Doing an item twice changes nothing: `finished` looks at the ledger, the others at whether the entry was still
-- to be acknowledged. So a call whose answer was lost is simply made again.
local prefix, node, epoch, now, ledger_ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local stream = prefix .. ':node:' .. node .. ':jobs'
local placements = prefix .. ':tenants'
local width = 12

local refusal = fence(KEYS[1], node, epoch)
if refusal then return refusal end

local function acknowledge(entry)
  local pending = redis.pcall('XACK', stream, 'runner', entry) == 1
  redis.call('XDEL', stream, entry)
  return pending
end

-- A key that is no list is its producer's mistake, and no reason to hold up the others' results.
local function reply(key, result)
  if key == '' then return end
  redis.pcall('RPUSH', key, result)
  redis.pcall('EXPIRE', key, 60)
end

local function tell(tenant, events)
  for event in string.gmatch(events, '[^\n]+') do
    redis.call('XADD', prefix .. ':events', 'MAXLEN', '~', 100000, '*', 'event', event)
    redis.call('PUBLISH', 'tenant:' .. tenant .. ':events', event)
  end
end

local function publish_result(result)
  redis.call('XADD', prefix .. ':results', 'MAXLEN', '~', 100000, '*', 'result', result)
end

-- The bytes of the producer, as long as the entry is there.
local function original(entry)
  local found = redis.call('XRANGE', stream, entry, entry)
  return job_text(found[1] and found[1][2] or {})
end

local function bury(item, text)
  redis.call('XADD', prefix .. ':dead', '*', 'reason', item.dead_reason, 'error', item.dead_error, 'attempts',
    item.attempts, 'node', node, 'failed_at', now, 'job', text)
end

local function settle_placement(item)
  if item.placement == 'keep' then
    redis.call('HDEL', KEYS[1] .. ':gone', item.tenant)
    if redis.call('HSETNX', placements, item.tenant, node) == 1 then redis.call('HINCRBY', KEYS[1], 'tenants', 1) end
  elseif item.placement ~= '' and item.placement ~= 'gone' and nothing_newer(stream, item.placement) then
    release_placement(placements, item.tenant, node, KEYS[1])
  elseif item.placement ~= '' and redis.call('HGET', placements, item.tenant) == node then
    -- It ends with a later pull of this process, or of the next, which learns here what this one knows.
    redis.call('HSET', KEYS[1] .. ':gone', item.tenant, now)
  end
end

local kinds = {}

function kinds.progress(item)
  local ledger = prefix .. ':job:' .. item.job
  if ended[redis.call('HGET', ledger, 'state') or ''] then return end
  redis.call('HSET', ledger, 'state', item.state, 'attempts', item.attempts, 'updated_at', now)
end

function kinds.finished(item)
  local ledger = prefix .. ':job:' .. item.job
  if ended[redis.call('HGET', ledger, 'state') or ''] then
    if acknowledge(item.entry) then reply(item.reply_to, redis.call('HGET', ledger, 'result')) end
    return
  end
  if item.dead_reason ~= '' then bury(item, original(item.entry)) end
  redis.call('HSET', ledger, 'state', item.state, 'attempts', item.attempts, 'result', item.result, 'node', node,
    'updated_at', now)
  redis.call('EXPIRE', ledger, ledger_ttl)
  publish_result(item.result)
  reply(item.reply_to, item.result)
  tell(item.tenant, item.event)
  settle_placement(item)
  acknowledge(item.entry)
end

function kinds.answered(item)
  if acknowledge(item.entry) then reply(item.reply_to, item.result) end
end

function kinds.malformed(item)
  local text = original(item.entry)
  if not acknowledge(item.entry) then return end
  bury(item, text)
  if item.job == '' then return end
  publish_result(item.result)
  reply(item.reply_to, item.result)
end

function kinds.event(item)
  tell(item.tenant, item.event)
end

for i = 6, #ARGV, width do
  kinds[ARGV[i]]({
    entry = ARGV[i + 1],
    job = ARGV[i + 2],
    tenant = ARGV[i + 3],
    state = ARGV[i + 4],
    attempts = ARGV[i + 5],
    result = ARGV[i + 6],
    reply_to = ARGV[i + 7],
    event = ARGV[i + 8],
    dead_reason = ARGV[i + 9],
    dead_error = ARGV[i + 10],
    placement = ARGV[i + 11],
  })
end
return 'OK'
