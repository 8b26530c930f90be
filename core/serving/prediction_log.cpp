// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/prediction_log.h"

#include "core/serving/json_text.h"
#include "core/serving/serving_store.h"
#include "core/serving/time_slice.h"

#include <QRandomGenerator>

#include <charconv>
#include <chrono>
#include <utility>

namespace pilothouse::serving {

namespace {
constexpr std::size_t wakeAt = 2048; ///< below this the writer waits for its next look: a wake-up costs more than a row
constexpr std::size_t keptBytes = 8u << 20, keptRecords = 32768; ///< of a batch whose records are used again; a larger one was a burst
constexpr auto lookEvery = std::chrono::milliseconds(100);
/// Written at once: few while few wait, so that on a full machine an answer waits for a moment of the writer's and not for milliseconds (two cores, forest, one
/// connection: p99 1.5 → 0.19 ms); more in a rush, for which a transaction is dear.
constexpr std::size_t fewWait = 1024, smallPiece = 64, largePiece = 512;
/// Pages of the write-ahead log that go to the database's file at once; of SQLite's 1000 an answer may wait for 3 ms.
const QString checkpointEvery = QStringLiteral("PRAGMA wal_autocheckpoint=50");

/// A disk without room, a database that somebody holds: what could not be written is tried again.
bool mayPass(const Error &error) { return error.kind == ErrorKind::Unreachable || error.kind == ErrorKind::TimedOut || error.kind == ErrorKind::Denied; }
} // namespace

Result<std::unique_ptr<PredictionLog>> PredictionLog::open(const QString &file, const LogOptions &options) {
    PH_ASSIGN(auto database, Database::open(file, servingMigrations()));
    PH_TRY(database->setSynchronous(false));
    PH_TRY(database->query(checkpointEvery, {}, [](const Statement &) {}));
    std::unique_ptr<PredictionLog> log(new PredictionLog(std::move(database), options));
    std::int64_t last = 0;
    PH_TRY(log->m_database->query(QStringLiteral("SELECT max((SELECT ifnull(max(seq),0) FROM predictions),(SELECT ifnull(max(seq),0) FROM labels),(SELECT ifnull(max(seq),0) FROM target_labels))"), {},
                                  [&](const Statement &s) { last = s.integer(0); }));
    log->m_sequence = last + 1;
    log->m_thread = std::thread([raw = log.get()] { raw->run(); });
    return log;
}

PredictionLog::PredictionLog(std::shared_ptr<Database> database, const LogOptions &options)
    : m_database(std::move(database)), m_options(options), m_instance(QRandomGenerator::system()->generate()) {}

PredictionLog::~PredictionLog() { end(); }

void PredictionLog::end() {
    {
        const std::lock_guard guard(m_lock);
        m_stop = true;
    }
    m_wake.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void PredictionLog::appendId(std::string &out, std::int64_t sequence, int row) const {
    static constexpr char hex[] = "0123456789abcdef";
    for (int shift = 28; shift >= 0; shift -= 4)
        out += hex[(m_instance >> shift) & 15];
    out += '-';
    char text[24];
    out.append(text, std::to_chars(text, text + sizeof text, sequence, 16).ptr);
    if (row >= 0) {
        out += '.';
        appendInteger(out, row);
    }
}

std::optional<PredictionId> parsePredictionId(std::string_view text) {
    PredictionId id;
    if (text.size() < 10 || text.size() > 40 || text[8] != '-')
        return std::nullopt;
    const char *begin = text.data(), *end = begin + text.size();
    const auto first = std::from_chars(begin, begin + 8, id.instance, 16);
    if (first.ec != std::errc() || first.ptr != begin + 8)
        return std::nullopt;
    const auto second = std::from_chars(begin + 9, end, id.sequence, 16);
    if (second.ec != std::errc() || id.sequence <= 0)
        return std::nullopt;
    if (second.ptr == end)
        return id;
    if (*second.ptr != '.')
        return std::nullopt;
    const auto third = std::from_chars(second.ptr + 1, end, id.row);
    if (third.ec != std::errc() || third.ptr != end || id.row < 0)
        return std::nullopt;
    return id;
}

void LogRecord::clear() {
    sequence = timeMs = 0;
    revision = rows = 0;
    side = Side::Stable;
    protocol = Protocol::Rest;
    many = false;
    input.clear();
    output.clear();
    latencyUs = 0;
    status = 200;
    error.clear();
}

void PredictionLog::add(LogRecord &record) {
    const std::size_t bytes = record.input.size() + record.output.size() + record.error.size() + sizeof record;
    bool wake = false;
    {
        const std::lock_guard guard(m_lock);
        if (m_queued >= m_options.queueRecords || m_bytes + bytes > m_options.queueBytes) {
            m_dropped.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        if (m_queued < m_queue.size())
            std::swap(m_queue[m_queued], record);
        else
            m_queue.push_back(std::exchange(record, {}));
        ++m_queued;
        m_bytes += bytes;
        ++m_added;
        wake = m_queued == wakeAt;
    }
    if (wake)
        m_wake.notify_one();
}

Result<void> PredictionLog::flush() {
    std::unique_lock guard(m_lock);
    const std::uint64_t wanted = m_added, attempts = m_attempts;
    ++m_flushing;
    m_wake.notify_one();
    // An attempt that fails after the one that may be under way held all of it.
    const bool done = m_done.wait_for(guard, std::chrono::seconds(10), [&] { return m_settled >= wanted || (!m_error.empty() && m_attempts > attempts + 1); });
    --m_flushing;
    if (!done)
        return Error{ErrorKind::TimedOut, QStringLiteral("The prediction log was not written in time."), m_database->path(), QStringLiteral("Look for a full or slow disk."), {}};
    if (!m_error.empty())
        return Error{ErrorKind::Unreachable, QStringLiteral("The prediction log could not be written: %1").arg(fromUtf8(m_error)), m_database->path(), {}, {}};
    return {};
}

std::size_t PredictionLog::waiting() const {
    const std::lock_guard guard(m_lock);
    return m_queued;
}

std::string PredictionLog::lastError() const {
    const std::lock_guard guard(m_lock);
    return m_error;
}

void PredictionLog::run() {
    setTimeSlice(shortSlice);
    std::vector<LogRecord> batch;
    std::size_t first = 0, count = 0, bytes = 0; // of the batch: what is left of it, more than nothing after a failure that may pass
    std::unique_lock guard(m_lock);
    while (true) {
        m_wake.wait_for(guard, lookEvery, [&] { return m_stop || (count == 0 && (m_flushing > 0 || m_queued >= wakeAt)); });
        if (count == 0 && m_queued == 0) {
            m_done.notify_all();
            if (m_stop)
                return;
            if (m_flushing > 0) // the one who waits has not gone yet: let it
                m_wake.wait_for(guard, std::chrono::milliseconds(1));
            continue;
        }
        if (count == 0) {
            batch.swap(m_queue);
            first = 0;
            count = std::exchange(m_queued, 0);
            bytes = std::exchange(m_bytes, 0);
        }
        Result<void> done;
        while (count > 0 && done) {
            const bool calm = m_queued < fewWait;
            const std::size_t piece = std::min(count, calm ? smallPiece : largePiece);
            guard.unlock();
            done = write(std::span(batch).subspan(first, piece), calm);
            std::this_thread::yield();
            guard.lock();
            if (done) {
                m_written.fetch_add(piece);
                m_sinceForget += std::int64_t(piece);
                m_settled += piece;
                first += piece;
                count -= piece;
            }
        }
        if (m_sinceForget > 10000) {
            guard.unlock();
            forgetOld();
            guard.lock();
        }
        m_error = done ? std::string() : utf8(done.error().text());
        ++m_attempts;
        if (!done && (m_stop || !mayPass(done.error()))) {
            m_dropped.fetch_add(count);
            m_settled += std::exchange(count, 0);
        }
        if (count == 0 && (bytes > keptBytes || batch.size() > keptRecords))
            std::vector<LogRecord>().swap(batch);
        m_done.notify_all();
    }
}

/// gently: whoever waits for this core has it after each record. Linux takes a core from a thread that runs only at its clock's next tick, up to 4 ms later.
Result<void> PredictionLog::write(std::span<const LogRecord> batch, bool gently) {
    static const QString insert = QStringLiteral("INSERT INTO predictions(seq,instance,time,revision,side,protocol,rows,many,input,output,latency_us,status,error) "
                                                 "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)");
    return m_database->transaction([&]() -> Result<void> {
        for (const LogRecord &r : batch) {
            if (gently)
                std::this_thread::yield();
            PH_TRY(m_database->execute(insert, [&](Statement &s) {
                s.bind(1, qint64(r.sequence)).bind(2, qint64(m_instance)).bind(3, qint64(r.timeMs)).bind(4, r.revision).bind(5, int(r.side));
                s.bind(6, int(r.protocol)).bind(7, r.rows).bind(8, r.many ? 1 : 0).bind(9, std::string_view(r.input)).bind(10, std::string_view(r.output));
                s.bind(11, qint64(r.latencyUs)).bind(12, r.status).bind(13, std::string_view(r.error));
            }));
        }
        return {};
    });
}

void PredictionLog::forgetOld() {
    m_sinceForget = 0;
    const qint64 oldest = qint64(m_sequence.load()) - m_options.keepRecords;
    if (oldest <= 0)
        return;
    for (const QString &sql : {QStringLiteral("DELETE FROM labels WHERE seq<?1"), QStringLiteral("DELETE FROM target_labels WHERE seq<?1"), QStringLiteral("DELETE FROM predictions WHERE seq<?1")})
        if (const auto done = m_database->execute(sql, [&](Statement &s) { s.bind(1, oldest); }); !done)
            return; // next time
}

} // namespace pilothouse::serving
