-- Asks of jobs that were just read whether they are to run here, and writes them into the ledger.
--
-- KEYS[1]  the node's lease
-- ARGV     prefix, node, epoch, current time (RFC 3339), then for each job: id, tenant id, action, node asked for
-- Returns  for each job three values: `run`, the node that holds the tenant, if any does, and how many attempts
--          ended before; `ended` and its first result; `elsewhere` and the node that holds the tenant; `in_use` and the
--          tenant whose unfinished job has the same id; `draining` and the node that takes no new tenant
local prefix, node, epoch, now = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local placements = prefix .. ':tenants'

local refusal = fence(KEYS[1], node, epoch)
if refusal then return refusal end

local answers = {}
local function answer(kind, value, attempts)
  answers[#answers + 1] = kind
  answers[#answers + 1] = value
  answers[#answers + 1] = attempts or 0
end

-- An attempt that a crash cut short is none.
local function attempts_before(state, attempts)
  local count = tonumber(attempts) or 0
  if state == 'retrying' then return count end
  if state == 'running' and count > 0 then return count - 1 end
  return 0
end

for i = 5, #ARGV, 4 do
  local id, tenant, action, wanted = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local ledger = prefix .. ':job:' .. id
  local known = redis.call('HMGET', ledger, 'state', 'tenant_id', 'result', 'attempts')
  if known[1] and ended[known[1]] then
    answer('ended', known[3] or '{}')
  elseif known[2] and known[2] ~= tenant then
    answer('in_use', known[2])
  else
    local place = redis.call('HGET', placements, tenant)
    local home = wanted ~= '' and wanted or node
    local draining = not place and action == 'provision'
      and redis.call('HGET', prefix .. ':node:' .. home, 'state') == 'draining'
    if not place and action == 'provision' and home == node and not draining then
      redis.call('HSET', placements, tenant, node)
      redis.call('HINCRBY', KEYS[1], 'tenants', 1)
      place = node
    end
    if not known[1] then
      redis.call('HSET', ledger, 'state', 'queued', 'action', action, 'tenant_id', tenant, 'node', node,
        'attempts', '0', 'updated_at', now)
    end
    if draining then
      answer('draining', home)
    elseif place and place ~= node then
      answer('elsewhere', place)
    else
      answer('run', place or '', attempts_before(known[1], known[4]))
    end
  end
end
return answers
