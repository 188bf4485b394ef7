#include "bare_loop.hpp"

#include "redis_link.hpp"

namespace nexus::bench {
namespace {

// What no queue with a ledger can leave out. ARGV: for each job its entry, id, tenant, result,
// event.
constexpr std::string_view finish_source = R"lua(
local entries = {}
for i = 1, #ARGV, 5 do
  local ledger = 'bare:job:' .. ARGV[i + 1]
  redis.call('HSET', ledger, 'state', 'succeeded', 'attempts', '1', 'result', ARGV[i + 3])
  redis.call('EXPIRE', ledger, 604800)
  redis.call('XADD', 'bare:results', 'MAXLEN', '~', 100000, '*', 'result', ARGV[i + 3])
  redis.call('PUBLISH', 'tenant:' .. ARGV[i + 2] .. ':events', ARGV[i + 4])
  entries[#entries + 1] = ARGV[i]
end
redis.call('XACK', KEYS[1], 'runner', unpack(entries))
redis.call('XDEL', KEYS[1], unpack(entries))
)lua";

// As long as those of the runner.
std::string result_of(std::string_view id, std::string_view tenant) {
    std::string result = R"({"job_id":")";
    result.append(id).append(R"(","tenant_id":")").append(tenant);
    return result.append(R"(","status":"succeeded","data":")")
        .append(bytes_of_result, '.')
        .append(R"("})");
}

std::string_view member(std::string_view job, std::string_view name) {
    const auto begin = job.find(name) + name.size();
    return job.substr(begin, job.find('"', begin) - begin);
}

class Batch {
  public:
    explicit Batch(const redisReply& stream) {
        const redisReply& entries = *stream.element[1];
        for (std::size_t i = 0; i < entries.elements; ++i)
            add(text(*entries.element[i]->element[0]),
                text(*entries.element[i]->element[1]->element[1]));
    }

    std::size_t size() const { return words_.size() / words_per_job; }

    // EVALSHA for jobs `first` to `first + count`.
    std::vector<std::string_view> command(std::string_view sha, std::size_t first,
                                          std::size_t count) const {
        std::vector<std::string_view> command{"EVALSHA", sha, "1", "bare:jobs"};
        const auto begin = words_.begin() + static_cast<std::ptrdiff_t>(first * words_per_job);
        command.insert(command.end(), begin,
                       begin + static_cast<std::ptrdiff_t>(count * words_per_job));
        return command;
    }

  private:
    static constexpr std::size_t words_per_job = 5;

    void add(std::string_view entry, std::string_view job) {
        const std::string id(member(job, R"("id":")"));
        const std::string tenant(member(job, R"("tenant_id":")"));
        words_.insert(words_.end(), {std::string(entry), id, tenant, result_of(id, tenant),
                                     R"({"tenant_id":")" + tenant + R"(","type":"bare"})"});
    }

    std::vector<std::string> words_;
};

}  // namespace

void run_bare_loop(int port, const std::string& most, bool script_per_job) {
    Link redis(port);
    const Reply sha = redis.call({"SCRIPT", "LOAD", finish_source});
    redis.call({"XGROUP", "CREATE", "bare:jobs", "runner", "0", "MKSTREAM"});
    std::size_t unanswered = 0;
    while (true) {
        redis.send({"XREADGROUP", "GROUP", "runner", "bare", "COUNT", most, "BLOCK", "0", "STREAMS",
                    "bare:jobs", ">"});
        for (; unanswered > 0; --unanswered)
            redis.receive();
        const Reply read = redis.receive();
        const Batch batch(*read->element[0]);
        const std::size_t step = script_per_job ? 1 : batch.size();
        for (std::size_t i = 0; i < batch.size(); i += step, ++unanswered)
            redis.send(batch.command(text(*sha), i, step));
    }
}

}  // namespace nexus::bench
