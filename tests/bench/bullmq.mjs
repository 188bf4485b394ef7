// BullMQ on both sides, in a process each: node bullmq.mjs MODULES PORT COMMAND ...
//   work N          a worker that does nothing, N jobs at once
//   load N SECONDS  keeps N jobs in flight; prints jobs a second
//   fill JOBS       adds jobs and waits for none
//   drain JOBS      waits for the ends of jobs that were added; prints jobs a second
//   latency JOBS    one job at a time on an idle queue; prints the median and the 99th percentile, ms
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const [modules, port, command, number, seconds] = process.argv.slice(2);
const { Queue, QueueEvents, Worker } = createRequire(`${modules}/`)('bullmq');
const connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null };
const queueName = 'bench';

const health = { name: 'health', data: { tenant_id: 'bench' }, opts: { removeOnComplete: true } };

// In one call, however many.
function add(queue, count) {
  return count === 1 ? queue.add(health.name, health.data, health.opts) : queue.addBulk(Array(count).fill(health));
}

async function listen(onEnd) {
  const events = new QueueEvents(queueName, { connection });
  await events.waitUntilReady();
  events.on('completed', onEnd);
  events.on('failed', ({ failedReason }) => { throw new Error(failedReason); });
}

async function fill(jobs) {
  const queue = new Queue(queueName, { connection });
  for (let left = jobs; left > 0; left -= 1000) await add(queue, Math.min(left, 1000));
}

async function drain(jobs) {
  let ended = 0;
  let begin;
  await new Promise((resolve) => listen(() => {
    begin ??= performance.now();
    ended += 1;
    if (ended === jobs) resolve();
  }));
  console.log(Math.round(jobs / ((performance.now() - begin) / 1000)));
}

async function load(inFlight) {
  let ended = 0;
  let room = inFlight;
  let scheduled = false;
  const queue = new Queue(queueName, { connection });
  const refill = () => { scheduled = false; const count = room; room = 0; add(queue, count); };
  await listen(() => {
    ended += 1;
    room += 1;
    // What ended in one turn of the loop is refilled in one call.
    if (!scheduled) { scheduled = true; setImmediate(refill); }
  });
  refill();
  await sleep(1500); // past what the compiler of node still changes
  const begin = performance.now();
  const before = ended;
  await sleep(Number(seconds) * 1000);
  console.log(Math.round((ended - before) / ((performance.now() - begin) / 1000)));
}

async function latency(jobs) {
  let onEnd;
  const queue = new Queue(queueName, { connection });
  await listen(() => onEnd());
  const times = [];
  for (let i = 0; i < jobs + 200; i += 1) {
    await sleep(1 + Math.random() * 4);
    const begin = performance.now();
    const ended = new Promise((resolve) => { onEnd = resolve; });
    await Promise.all([add(queue, 1), ended]);
    if (i >= 200) times.push(performance.now() - begin);
  }
  times.sort((one, other) => one - other);
  console.log(times[Math.floor(jobs / 2)].toFixed(3), times[Math.floor((jobs * 99) / 100)].toFixed(3));
}

if (command === 'work') {
  new Worker(queueName, async () => 'ok', { connection, concurrency: Number(number) });
} else {
  await { load, fill, drain, latency }[command](Number(number));
  process.exit(0);
}
