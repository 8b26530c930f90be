// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"
#include "core/serving/input_reader.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace pilothouse::serving {

/// Who answered a request.
enum class Side : std::uint8_t {
    Stable = 0,
    Canary = 1,
    Rescued = 2, ///< the canary's turn, but it could not: the stable version answered
};

/// One request that asked for predictions.
struct LogRecord {
    std::int64_t sequence = 0;
    std::int64_t timeMs = 0; ///< since 1970 UTC
    int revision = 0;
    Side side = Side::Stable;
    Protocol protocol = Protocol::Rest;
    int rows = 0;
    bool many = false;  ///< asked as a list: ids of its rows end in .0, .1, …
    std::string input;  ///< the body as it came
    std::string output; ///< predictions as JSON: one value, or a list for many rows
    std::uint32_t latencyUs = 0;
    int status = 200;
    std::string error;
    void clear(); ///< the strings keep their room
};

struct LogOptions {
    std::size_t queueRecords = 262144;  ///< queueBytes ends it earlier: about 200,000 of one row, which bridges a disk that stalls for 2 s
    std::size_t queueBytes = 64u << 20;
    std::int64_t keepRecords = 2000000; ///< older ones are deleted with their labels
};

/// The prediction log of serving.db: requests put records into a bounded queue, one thread writes them in batches. A full
/// queue drops the newest and counts it; a request never waits for the disk. What a full disk or a held database refuses is kept and
/// tried again, the queue filling up behind it. What was added survives kill -9 once
/// flush() returned; a power cut may cost the last moments (PRAGMA synchronous=NORMAL).
class PredictionLog {
public:
    static Result<std::unique_ptr<PredictionLog>> open(const QString &file, const LogOptions &options);
    ~PredictionLog();
    void end(); ///< writes what is queued; what cannot be written now counts as dropped. Nothing may be added any more

    /// Sequence of a request; also the base of its prediction id.
    std::int64_t nextSequence() { return m_sequence.fetch_add(1, std::memory_order_relaxed); }
    std::int64_t sequence() const { return m_sequence.load(std::memory_order_relaxed); }
    std::uint32_t instance() const { return m_instance; }
    /// "3fa90c11-1a2b"; row ≥ 0 of a list: "3fa90c11-1a2b.7". The first part is this start's own, so an id is never used twice.
    void appendId(std::string &out, std::int64_t sequence, int row = -1) const;

    /// Takes the record and gives a used one back, whose strings keep their room: a record that one thread allocates and the writer frees makes both
    /// wait for the same lock of malloc, and a writer that loses its core in there holds up everybody.
    void add(LogRecord &record);
    void add(LogRecord &&record) { add(record); }
    /// Waits until everything added before is written. TimedOut after 10 s; the writer's error if it could not write.
    Result<void> flush();

    std::uint64_t written() const { return m_written.load(); }
    std::uint64_t dropped() const { return m_dropped.load(); }
    std::size_t waiting() const;
    std::string lastError() const;

private:
    PredictionLog(std::shared_ptr<Database> database, const LogOptions &options);
    void run();
    Result<void> write(std::span<const LogRecord> batch, bool gently);
    void forgetOld();

    std::shared_ptr<Database> m_database;
    LogOptions m_options;
    std::uint32_t m_instance = 0;
    std::atomic<std::int64_t> m_sequence{1};
    std::atomic<std::uint64_t> m_written{0}, m_dropped{0};
    mutable std::mutex m_lock;
    std::condition_variable m_wake, m_done;
    std::vector<LogRecord> m_queue; ///< the first m_queued of them wait; the others are to be used again
    std::size_t m_queued = 0;
    std::size_t m_bytes = 0;
    std::uint64_t m_added = 0, m_settled = 0; ///< settled: written, or given up
    std::uint64_t m_attempts = 0;             ///< batches written, or tried
    int m_flushing = 0;
    bool m_stop = false;
    std::string m_error;
    std::int64_t m_sinceForget = 0;
    std::thread m_thread;
};

/// A prediction id taken apart. nullopt if it is none.
struct PredictionId {
    std::uint32_t instance = 0;
    std::int64_t sequence = 0;
    int row = -1;
};
std::optional<PredictionId> parsePredictionId(std::string_view text);

} // namespace pilothouse::serving
