-- What the scripts share; it stands before each of them but lease.lua and drain.lua.

local ended = { succeeded = true, failed = true, cancelled = true }

-- The reply that stops a process whose lease is gone or another's; nothing for the one that holds it.
local function fence(lease, node, epoch)
  local held = redis.call('HGET', lease, 'epoch')
  if not held then
    return redis.error_reply('UNLEASED the lease of node ' .. node .. ' is gone and will be taken up again')
  end
  if held ~= epoch then
    return redis.error_reply('FENCED another process holds the lease of node ' .. node)
  end
end

-- A field of an entry; empty where it has none.
local function field(fields, name)
  for i = 1, #fields, 2 do
    if fields[i] == name then return fields[i + 1] end
  end
  return ''
end

-- The producer's bytes.
local function job_text(fields) return field(fields, 'job') end

local function text_matching(value, pattern, longest)
  return type(value) == 'string' and #value <= longest and string.find(value, pattern) ~= nil
end

-- The job, only as far as the scripts need it; nothing where it cannot be read.
local function peek(text)
  if #text > 1048576 then return nil end
  local readable, job = pcall(cjson.decode, text)
  if not readable or type(job) ~= 'table' then return nil end
  if not text_matching(job.tenant_id, '^[a-z0-9][a-z0-9_-]*$', 64) or #job.tenant_id < 3 then return nil end
  if not text_matching(job.id, '^[A-Za-z0-9_-]+$', 64) then return nil end
  return job
end

-- Whether `seen` is the newest entry of the node's stream, read or not.
local function nothing_newer(stream, seen)
  local groups = redis.pcall('XINFO', 'GROUPS', stream)
  for _, group in ipairs(groups.err and {} or groups) do
    if field(group, 'name') == 'runner' then
      return field(group, 'last-delivered-id') == seen and #redis.call('XRANGE', stream, '(' .. seen, '+', 'COUNT', 1) == 0
    end
  end
  return false
end

-- The newest entry of the node's stream that was ever read.
local function last_delivered(stream)
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    if field(group, 'name') == 'runner' then return field(group, 'last-delivered-id') end
  end
  return '0-0'
end

local function release_placement(placements, tenant, node, lease)
  redis.call('HDEL', lease .. ':gone', tenant)
  if redis.call('HGET', placements, tenant) ~= node then return end
  redis.call('HDEL', placements, tenant)
  redis.call('HINCRBY', lease, 'tenants', -1)
end
