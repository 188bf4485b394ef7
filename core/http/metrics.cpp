#include "http/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>

namespace nexus::http {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

using Labels = std::vector<ClientMetric::Label>;
using Seconds = std::chrono::duration<double>;

double seconds(WallTime time) {
    return Seconds(time.time_since_epoch()).count();
}

// The families in the order in which they are told.
class Families {
  public:
    void add(const char* name, const char* help, MetricType type) {
        families_.push_back({std::string("nexus_runner_") + name, help, type, {}});
    }
    // Of the family that was added last.
    void sample(double value, Labels labels = {}) {
        ClientMetric metric = labelled(std::move(labels));
        metric.gauge.value = value;
        metric.counter.value = value;
        families_.back().metric.push_back(std::move(metric));
    }
    void summary(std::uint64_t count, double sum, Labels labels) {
        ClientMetric metric = labelled(std::move(labels));
        metric.summary.sample_count = count;
        metric.summary.sample_sum = sum;
        families_.back().metric.push_back(std::move(metric));
    }
    void gauge(const char* name, const char* help, double value, Labels labels = {}) {
        add(name, help, MetricType::Gauge);
        sample(value, std::move(labels));
    }
    void counts(const char* name, const char* help, const char* label,
                const std::map<std::string, std::int64_t>& counts) {
        add(name, help, MetricType::Gauge);
        for (const auto& [value, count] : counts)
            sample(static_cast<double>(count), {{label, value}});
    }

    std::string text() const {
        std::ostringstream text;
        prometheus::TextSerializer().Serialize(text, families_);
        return text.str();
    }

  private:
    static ClientMetric labelled(Labels labels) {
        ClientMetric metric;
        metric.label = std::move(labels);
        return metric;
    }

    std::vector<MetricFamily> families_;
};

std::string or_unknown(const std::string& state) {
    return state.empty() ? "unknown" : state;
}

void add_process(const Metrics& metrics, Families& families) {
    const Health& health = metrics.health;
    families.gauge("up", "Whether the loops of the process turn, as /healthz says.", health.ok);
    families.gauge("start_time_seconds", "When the process started, since the epoch.",
                   seconds(metrics.started_at));
    families.gauge(
        "build_info", "Always 1; its labels say what runs here.", 1,
        {{"version", health.version}, {"backend", health.backend}, {"node", health.node}});
    families.add("check_ok", "Whether a check of /readyz is good.", MetricType::Gauge);
    for (const auto& check : metrics.checks)
        families.sample(check.ok, {{"check", check.name}});
}

void add_work(const Metrics& metrics, Families& families) {
    families.gauge("queue_depth", "Jobs that this node has read and that have not ended.",
                   static_cast<double>(metrics.queued));
    families.gauge("running_jobs", "Jobs that run at this moment.",
                   static_cast<double>(metrics.running));
    families.add("tenants", "Tenants of this node by what is desired of them and what is observed.",
                 MetricType::Gauge);
    for (const auto& [states, count] : metrics.tenants) {
        const auto& [desired, observed] = states;
        families.sample(static_cast<double>(count),
                        {{"desired", or_unknown(desired)}, {"observed", or_unknown(observed)}});
    }
    families.add("tenant_restarts_total",
                 "Runtimes that were started again, by this process or by the engine.",
                 MetricType::Counter);
    families.sample(static_cast<double>(metrics.restarts));
}

void add_backend(const Metrics& metrics, Families& families) {
    families.gauge("backend_calls", "Calls to the backend under way.",
                   static_cast<double>(metrics.calls));
    families.add("backend_operation_duration_seconds",
                 "Calls to the backend that ended, and their time.", MetricType::Summary);
    for (const auto& operation : metrics.operations) {
        families.summary(operation.count, Seconds(operation.time).count(),
                         {{"operation", operation.name}});
    }
    families.add("backend_operation_errors_total", "Calls to the backend that failed.",
                 MetricType::Counter);
    for (const auto& operation : metrics.operations)
        families.sample(static_cast<double>(operation.errors), {{"operation", operation.name}});
}

void add_last_run(const BackupRunMetrics& run, Families& families) {
    families.gauge("backup_last_run_timestamp_seconds",
                   "When the newest backup of the whole node began, good or not.",
                   seconds(run.began));
    families.gauge("backup_last_run_duration_seconds", "How long it took.",
                   Seconds(run.time).count());
    families.gauge("backup_last_run_size_bytes", "What it holds, before compression.",
                   static_cast<double>(run.size_bytes));
    families.gauge("backup_last_run_written_bytes",
                   "What it added to BACKUP_DIR: compressed, and without what was there already.",
                   static_cast<double>(run.written_bytes));
    families.gauge("backup_last_run_pause_seconds", "For how long it held runtimes, all together.",
                   Seconds(run.paused).count());
    families.gauge("backup_last_run_longest_pause_seconds", "For how long it held one, at most.",
                   Seconds(run.longest_pause).count());
    families.gauge("backup_last_run_torn_files", "Files that changed while it read them.",
                   static_cast<double>(run.torn_files));
    families.counts("backup_last_run_tenants", "Tenants in it, by what became of them.", "status",
                    run.tenants);
    families.counts("backup_last_run_failures", "Parts of tenants that it lacks, by the reason.",
                    "reason", run.failures);
}

void add_backups(const BackupMetrics& backups, Families& families) {
    families.gauge("backup_last_success_timestamp_seconds",
                   "When the newest backup of the whole node that lacks nothing began; 0: there is "
                   "none.",
                   seconds(backups.last_success));
    families.gauge(
        "backup_last_verified_timestamp_seconds",
        "When the newest backup that was verified and holds every tenant began; 0: there "
        "is none. Its age is what to watch.",
        seconds(backups.last_verified));
    if (backups.last_run) add_last_run(*backups.last_run, families);
}

}  // namespace

std::string to_prometheus(const Metrics& metrics) {
    Families families;
    add_process(metrics, families);
    add_work(metrics, families);
    add_backend(metrics, families);
    add_backups(metrics.backups, families);
    return families.text();
}

}  // namespace nexus::http
