-- One turn of a node's intake: routes what producers added, reads what is the node's, asks the ledger about each.
--
-- KEYS[1]  the intake stream
-- ARGV     prefix, calling node, its epoch, current time (RFC 3339), most entries to route and to read, where to read
--          on (`>` for new entries, an entry's id for the node's own pending ones after it), the id of the last
--          request to cancel that the node has seen, the newest entry that it has read, and tenants that are gone
--          and that no entry up to that one is about: their placements end
--          (most `0`: nothing is routed or read, for a node that has no room)
-- Returns  `1` where those placements ended; the ids of jobs to cancel; the id of the last request; the newest entry
--          that was ever read, before this call, where pending ones are read, else empty; then for each
--          entry seven values: entry id, id of the intake entry that it came from, job, the ledger's word with its value and the
--          number of attempts that ended before, and whether it is a dead letter that was put back
-- Words    run        value: the node that holds the tenant, empty where none does
--          ended      value: the first result
--          elsewhere  value: the node that holds the tenant
--          in_use     value: the tenant whose unfinished job has the same id
--          cancelled  somebody asked for that before the job came here
--          no_node    value: the node asked for, which has never joined
--          draining   value: the node that the tenant would come to, and that takes no new one
--
-- The intake is read by range, and what was copied is deleted in the same call, also where a write is refused halfway:
-- so nothing is lost or copied twice, and what was not moved comes first at the next call. The copied entries are the
-- oldest, and one XTRIM costs less than an XDEL each.
local prefix, caller, epoch, now, most, cursor, last_cancel, newest =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local gone_from = 9
local intake = KEYS[1]
local placements = prefix .. ':tenants'
local stream = prefix .. ':node:' .. caller .. ':jobs'

local refusal = fence(prefix .. ':node:' .. caller, caller, epoch)
if refusal then return refusal end

-- Every runner is a consumer of the group `router`, so the group is the list of nodes that ever joined.
local nodes
local function known_nodes()
  if nodes then return nodes end
  nodes = {}
  for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', intake, 'router')) do
    local name = consumer[2]
    local facts = redis.call('HMGET', prefix .. ':node:' .. name, 'state', 'tenants', 'capacity', 'stopping')
    nodes[name] = {
      is_there = facts[1] ~= false,
      active = facts[1] == 'active',
      draining = facts[1] == 'draining' and not facts[4],
      free = (tonumber(facts[3]) or 0) - (tonumber(facts[2]) or 0),
    }
  end
  return nodes
end

-- The active node with the most free capacity, by name where two are equal; nothing where none is active.
local function roomiest()
  local best
  for name, node in pairs(known_nodes()) do
    if node.active and (not best or node.free > nodes[best].free
        or (node.free == nodes[best].free and name < best)) then
      best = name
    end
  end
  return best
end

-- The word for a node that takes no new tenant; nothing for one that does. One that is down or stops is waited for.
local function refusal_of(node)
  local facts = known_nodes()[node]
  if not facts then return 'no_node' end
  return facts.draining and 'draining' or nil
end

local function record_placement(tenant, node)
  redis.call('HSET', placements, tenant, node)
  local facts = known_nodes()[node]
  if facts and facts.is_there then
    facts.free = facts.free - 1
    redis.call('HINCRBY', prefix .. ':node:' .. node, 'tenants', 1)
  end
end

-- The node that holds the tenant; one that is to be provisioned gets one. Where it cannot be the one that is asked
-- for, nothing, the word for that, and which one.
local function place(job, default)
  local node = redis.call('HGET', placements, job.tenant_id)
  if node then return node end
  if job.action ~= 'provision' then return nil end
  node = type(job.node) == 'string' and job.node or default or roomiest()
  if not node then return nil end
  local word = refusal_of(node)
  if word then return nil, word, node end
  record_placement(job.tenant_id, node)
  return node
end

local function note_in_ledger(job, node)
  local ledger = prefix .. ':job:' .. job.id
  redis.call('HSET', ledger, 'state', 'queued', 'action', tostring(job.action), 'tenant_id', job.tenant_id,
    'node', node, 'attempts', '0', 'updated_at', now)
end

-- Entries of the node's stream that this call brought there for jobs that nobody knew: the ledger need not be asked
-- again what it was just told.
local fresh = {}

local function move(entry)
  local text = job_text(entry[2])
  local job = peek(text)
  -- What cannot be read, or placed, goes to the caller, which refuses it properly.
  local placed = job and place(job)
  local node = placed or caller
  local known = job and redis.call('HMGET', prefix .. ':job:' .. job.id, 'state', 'cancel')
  if known and not known[1] then note_in_ledger(job, node) end
  local again = field(entry[2], 'again')
  local id = redis.call('XADD', prefix .. ':node:' .. node .. ':jobs', '*', 'job', text, 'intake_id', entry[1],
    unpack(again ~= '' and { 'again', again } or {}))
  if placed == caller and not known[1] and not known[2] then fresh[id] = true end
end

local function route()
  local entries = redis.call('XRANGE', intake, '-', '+', 'COUNT', most)
  local moved = 0
  local fine, problem = pcall(function()
    for _, entry in ipairs(entries) do
      move(entry)
      moved = moved + 1
    end
  end)
  if moved > 0 then
    local last = entries[moved][1]
    redis.call('XTRIM', intake, 'MINID', '=', last)
    redis.call('XDEL', intake, last)
    redis.call('XGROUP', 'SETID', intake, 'router', last)
  end
  if not fine then error(problem) end
end

-- An attempt that a crash cut short is none.
local function attempts_before(state, attempts)
  local count = tonumber(attempts) or 0
  if state == 'retrying' then return count end
  if state == 'running' and count > 0 then return count - 1 end
  return 0
end

local function ask_ledger(job)
  if not job then return 'run', '', 0 end
  local known = redis.call('HMGET', prefix .. ':job:' .. job.id, 'state', 'tenant_id', 'result', 'attempts', 'cancel')
  if known[1] and ended[known[1]] then return 'ended', known[3] or '{}', 0 end
  if known[2] and known[2] ~= job.tenant_id then return 'in_use', known[2], 0 end
  local node, word, refused = place(job, caller)
  if not known[1] then note_in_ledger(job, caller) end
  if node and node ~= caller then return 'elsewhere', node, 0 end
  if word then return word, refused, 0 end
  return known[5] and 'cancelled' or 'run', node or '', attempts_before(known[1], known[4])
end

local function read(answer)
  local reply = redis.call('XREADGROUP', 'GROUP', 'runner', caller, 'COUNT', most, 'STREAMS', stream, cursor)
  for _, entry in ipairs(reply and reply[1][2] or {}) do
    local fields = entry[2] or {} -- none: deleted from the stream while it was pending here
    local text = job_text(fields)
    local word, value, attempts = 'run', caller, 0
    if not fresh[entry[1]] then word, value, attempts = ask_ledger(peek(text)) end
    for _, part in ipairs({ entry[1], field(fields, 'intake_id'), text, word, value, attempts, field(fields, 'again') }) do
      answer[#answer + 1] = part
    end
  end
end

local function requests_to_cancel()
  local ids = {}
  for _, request in ipairs(redis.call('XRANGE', prefix .. ':node:' .. caller .. ':cancel', '(' .. last_cancel, '+')) do
    ids[#ids + 1] = job_text(request[2])
    last_cancel = request[1]
  end
  return ids
end

local answer = { 0, {}, last_cancel, '' }
if #ARGV >= gone_from and nothing_newer(stream, newest) then
  for i = gone_from, #ARGV do release_placement(placements, ARGV[i], caller, prefix .. ':node:' .. caller) end
  answer[1] = 1
end
if most ~= '0' then
  if cursor == '>' then route() end
  read(answer)
  if cursor ~= '>' then answer[4] = last_delivered(stream) end
end
answer[2] = requests_to_cancel()
answer[3] = last_cancel
return answer
