// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/operations/journal.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/operations/journal_line_internal.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

namespace pilothouse::operations {

namespace {

class Descriptor {
public:
    explicit Descriptor(int fd) : m_fd(fd) {}
    ~Descriptor() {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Descriptor(const Descriptor &) = delete;
    operator int() const { return m_fd; }

private:
    int m_fd;
};

struct Heads {
    std::optional<Head> plain, sealed;
};

} // namespace

QString journalTables1() {
    return QStringLiteral("CREATE TABLE journal_head(name TEXT PRIMARY KEY, count INTEGER NOT NULL, hash TEXT NOT NULL, bytes INTEGER NOT NULL, mac TEXT NOT NULL) WITHOUT ROWID;");
}

struct Journal::Impl {
    QString file;
    std::shared_ptr<Database> store;
    QByteArray key;
    std::shared_ptr<const Clock> clock;

    Result<FileLock> lock() const { return FileLock::acquire(file + QStringLiteral(".lock")); }

    Result<Heads> heads() const {
        Heads out;
        PH_TRY(store->query(QStringLiteral("SELECT name, count, hash, bytes, mac FROM journal_head"), {}, [&](const Statement &row) {
            Head h{row.integer(1), row.text(2), row.integer(3), row.text(4)};
            (row.text(0) == QLatin1String("sealed") ? out.sealed : out.plain) = h;
        }));
        return out;
    }

    QString macOf(const Head &head) const { return QString::fromLatin1(hmacSha256(key, head.message()).toHex()); }

    /// One statement, so that both change or none; not a transaction, because a caller may be inside one.
    Result<void> setHeads(const Head &head) {
        const QString rows = key.isEmpty() ? QStringLiteral("('plain', ?1, ?2, ?3, '')") : QStringLiteral("('plain', ?1, ?2, ?3, ''), ('sealed', ?1, ?2, ?3, ?4)");
        PH_TRY(store->execute(QStringLiteral("INSERT INTO journal_head(name, count, hash, bytes, mac) VALUES %1 ON CONFLICT(name) DO UPDATE"
                                             " SET count = excluded.count, hash = excluded.hash, bytes = excluded.bytes, mac = excluded.mac").arg(rows),
                              [&](Statement &s) {
                                  s.bind(1, head.count).bind(2, head.hash).bind(3, head.bytes);
                                  if (!key.isEmpty())
                                      s.bind(4, macOf(head));
                              }));
        return {};
    }

    /// true if the file still holds the head's line where it was, and what came after it chains.
    Result<bool> holds(int fd, const Tail &tail, const Head &head) const {
        if (head.bytes > tail.complete || (head.count == 0) != (head.bytes == 0))
            return false;
        if (head.count > 0) {
            QByteArray line = tail.lastLine;
            if (head.bytes != tail.complete) { // a kill before the head was moved, or a writer without the key
                qint64 block = 1 << 14;
                for (;; block *= 4) {
                    const qint64 from = std::max<qint64>(0, head.bytes - block);
                    PH_ASSIGN(const QByteArray bytes, readRange(fd, from, head.bytes, file));
                    if (!bytes.endsWith('\n'))
                        return false;
                    const qsizetype begin = bytes.lastIndexOf('\n', bytes.size() - 2);
                    if (begin < 0 && from > 0)
                        continue;
                    line = bytes.mid(begin + 1, bytes.size() - begin - 2);
                    break;
                }
            }
            const auto decoded = decodeLine(line, key);
            if (!decoded || decoded->entry.sequence != head.count || decoded->entry.hash != head.hash)
                return false;
        }
        PH_ASSIGN(const QByteArray rest, readRange(fd, head.bytes, tail.complete, file));
        return !walkLines(rest, key, {}, head.count, head.count == 0 ? noHash() : head.hash).badLine;
    }

    /// May the heads be moved on? Not when file and heads disagree: the finding must stay.
    Result<bool> consistent(int fd, const Tail &tail) const {
        PH_ASSIGN(const Heads found, heads());
        if (!found.plain)
            return false;
        PH_ASSIGN(const bool plain, holds(fd, tail, *found.plain));
        if (!plain)
            return false;
        if (key.isEmpty())
            return true;
        if (!found.sealed || found.sealed->mac != macOf(*found.sealed))
            return false;
        return holds(fd, tail, *found.sealed);
    }

    Result<void> setAside(int fd, const Tail &tail) const {
        const QString path = file + QStringLiteral(".torn");
        const Descriptor out(::open(QFile::encodeName(path).constData(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        if (out < 0)
            return fileError(QStringLiteral("open"), path);
        PH_TRY(writeAll(out, tail.torn.constData(), std::size_t(tail.torn.size()), path));
        PH_TRY(writeAll(out, "\n", 1, path));
        if (::fsync(out) != 0)
            return fileError(QStringLiteral("sync"), path);
        if (::ftruncate(fd, tail.complete) != 0)
            return fileError(QStringLiteral("tidy the end of"), file);
        return {};
    }

    /// Appends under the lock; `renewHeads` moves the heads in any case (seal).
    Result<JournalEntry> append(JournalEntry entry, bool renewHeads) {
        const bool fresh = !QFileInfo::exists(file);
        const Descriptor fd(::open(QFile::encodeName(file).constData(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        if (fd < 0)
            return fileError(QStringLiteral("open"), file);
        if (fresh)
            PH_TRY(syncFolder(QFileInfo(file).absolutePath()));
        PH_ASSIGN(Tail tail, readTail(fd, file));
        PH_ASSIGN(const bool mayMove, consistent(fd, tail));
        Head head;
        head.hash = noHash();
        if (const auto last = decodeLine(tail.lastLine, {}); last) {
            head.count = last->entry.sequence;
            head.hash = last->entry.hash;
        } else if (tail.complete > 0) { // damaged: goes on behind what the database knows; verify() names the line
            PH_ASSIGN(const Heads known, heads());
            if (known.plain)
                head = *known.plain;
        }
        QByteArray bytes;
        const auto add = [&](JournalEntry &e) {
            e.sequence = head.count + 1;
            e.previousHash = head.hash;
            bytes += encodeLine(e, key) + '\n';
            head.count = e.sequence;
            head.hash = e.hash;
        };
        if (!tail.torn.isEmpty()) {
            PH_TRY(setAside(fd, tail));
            JournalEntry note;
            note.time = clock->nowUtc();
            note.actor = entry.actor;
            note.program = entry.program;
            note.kind = QStringLiteral("journal");
            note.phase = QStringLiteral("note");
            note.object = QStringLiteral("journal");
            note.details = {{QStringLiteral("finding"), QStringLiteral("A half line from an interrupted write was set aside.")},
                            {QStringLiteral("bytes"), tail.torn.size()},
                            {QStringLiteral("sha256"), sha256Hex(tail.torn)}};
            add(note);
        }
        if (!entry.time.isValid())
            entry.time = clock->nowUtc();
        add(entry);
        auto written = writeAll(fd, bytes.constData(), std::size_t(bytes.size()), file);
        if (written && ::fsync(fd) != 0)
            written = fileError(QStringLiteral("sync"), file);
        if (!written) {
            (void)!::ftruncate(fd, tail.complete); // not acknowledged: the file is as before
            return written.error();
        }
        head.bytes = tail.complete + bytes.size();
        // The line is durable. A head that could not be moved now is moved by the next append.
        if (mayMove || renewHeads)
            if (auto moved = setHeads(head); !moved && renewHeads)
                return moved.error();
        return entry;
    }
};

Journal::Journal(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Journal::~Journal() = default;
QString Journal::file() const { return m_impl->file; }

Result<std::shared_ptr<Journal>> Journal::open(const QString &file, std::shared_ptr<Database> headStore, const QByteArray &key,
                                               std::shared_ptr<const Clock> clock, bool keyIsNew) {
    PH_TRY(makeFolder(QFileInfo(file).absolutePath()));
    std::shared_ptr<Journal> journal(new Journal(std::make_unique<Impl>(Impl{file, std::move(headStore), key, std::move(clock)})));
    Impl &impl = *journal->m_impl;
    PH_ASSIGN(const FileLock lock, impl.lock());
    PH_ASSIGN(const Heads heads, impl.heads());
    const bool empty = QFileInfo(file).size() == 0; // also when it is not there
    if (empty && !heads.plain && !heads.sealed) {
        Head none;
        none.hash = noHash();
        PH_TRY(impl.setHeads(none));
    } else if (empty && heads.plain && heads.plain->count == 0 && !heads.sealed && !key.isEmpty()) {
        PH_TRY(impl.setHeads(*heads.plain));
    } else if (keyIsNew && !key.isEmpty() && !heads.sealed) {
        JournalEntry note;
        note.kind = QStringLiteral("journal");
        note.phase = QStringLiteral("note");
        note.object = QStringLiteral("journal");
        note.details = {{QStringLiteral("finding"), QStringLiteral("Sealed with a new key from here on; the lines before were written without one.")}};
        PH_TRY(impl.append(note, true));
    }
    return journal;
}

Result<JournalEntry> Journal::append(JournalEntry entry) {
    PH_ASSIGN(const FileLock lock, m_impl->lock());
    return m_impl->append(std::move(entry), false);
}

Result<JournalEntry> Journal::seal(JournalEntry entry) {
    PH_ASSIGN(const JournalCheck before, verify());
    entry.details.insert(QStringLiteral("finding"), before.finding);
    PH_ASSIGN(const FileLock lock, m_impl->lock());
    return m_impl->append(std::move(entry), true);
}

Result<std::vector<JournalEntry>> Journal::entries(int limit) const {
    const QString &file = m_impl->file;
    std::vector<JournalEntry> out;
    const Descriptor fd(::open(QFile::encodeName(file).constData(), O_RDONLY | O_CLOEXEC));
    if (fd < 0) {
        if (errno == ENOENT)
            return out;
        return fileError(QStringLiteral("open"), file);
    }
    PH_ASSIGN(const Tail tail, readTail(fd, file));
    QByteArray bytes;
    for (qint64 block = 1 << 18;; block *= 4) { // from the end, as far as needed
        const qint64 from = limit > 0 ? std::max<qint64>(0, tail.complete - block) : 0;
        PH_ASSIGN(bytes, readRange(fd, from, tail.complete, file));
        if (from > 0)
            bytes.remove(0, bytes.indexOf('\n') + 1);
        if (from == 0 || bytes.count('\n') >= limit)
            break;
    }
    for (qsizetype end = bytes.size() - 1; end >= 0 && (limit <= 0 || qint64(out.size()) < limit);) {
        const qsizetype begin = end > 0 ? bytes.lastIndexOf('\n', end - 1) : -1;
        if (auto line = decodeLine(bytes.mid(begin + 1, end - begin - 1), {}))
            out.push_back(std::move(line->entry));
        end = begin;
    }
    return out;
}

Result<JournalCheck> Journal::verify() const {
    const Impl &impl = *m_impl;
    Heads heads;
    QByteArray bytes;
    {
        PH_ASSIGN(const FileLock lock, impl.lock()); // so that no line is on its way and the heads fit the file
        PH_ASSIGN(heads, impl.heads());
        const Descriptor fd(::open(QFile::encodeName(impl.file).constData(), O_RDONLY | O_CLOEXEC));
        if (fd >= 0) {
            PH_ASSIGN(const qint64 size, [&]() -> Result<qint64> { return qint64(::lseek(fd, 0, SEEK_END)); }());
            PH_ASSIGN(bytes, readRange(fd, 0, size, impl.file));
        } else if (errno != ENOENT) {
            return fileError(QStringLiteral("open"), impl.file);
        }
    }
    std::vector<qint64> wanted;
    for (const auto &head : {heads.plain, heads.sealed})
        if (head)
            wanted.push_back(head->count);
    const Walk walk = walkLines(bytes, impl.key, wanted);
    JournalCheck check;
    check.entries = walk.count;
    check.unsealed = walk.unsealed;
    const auto broken = [&](std::optional<qint64> line, const QString &finding) {
        check.firstBadLine = line;
        check.finding = finding;
        return check;
    };
    if (walk.badLine)
        return broken(walk.badLine, walk.finding);
    if (!heads.plain)
        return broken({}, QStringLiteral("The registry database has no head of this journal: it was put back or replaced. If you know why, run “pilot journal seal”."));
    const auto judge = [&](const Head &head) -> std::optional<JournalCheck> {
        if (head.count > walk.count)
            return broken(walk.count + 1, QStringLiteral("The end was cut: %1 of %2 lines are there.").arg(walk.count).arg(head.count));
        for (const auto &[count, hash] : walk.hashAt)
            if (count == head.count && hash != head.hash)
                return broken({}, QStringLiteral("Line %1 is not the one that was recorded: the chain was computed anew.").arg(count));
        return {};
    };
    if (const auto found = judge(*heads.plain))
        return *found;
    if (!impl.key.isEmpty()) {
        if (!heads.sealed)
            return broken({}, QStringLiteral("There is a key, but no sealed head: the journal began without a key, or the head was removed. If you know why, run “pilot journal seal”."));
        if (heads.sealed->mac != impl.macOf(*heads.sealed))
            return broken({}, QStringLiteral("The head is not sealed with this journal's key: it was edited, or the key is another one."));
        if (const auto found = judge(*heads.sealed))
            return *found;
    }
    check.intact = true;
    check.authenticated = !impl.key.isEmpty();
    check.finding = QStringLiteral("%1 lines, each follows the one before it.").arg(walk.count);
    check.finding += check.authenticated ? QStringLiteral(" The head is sealed with the key.") : QStringLiteral(" The head is not authenticated: this program has no key.");
    if (check.authenticated && walk.unsealed > 0)
        check.finding += QStringLiteral(" %1 lines were written by a program without the key.").arg(walk.unsealed);
    if (walk.setBack)
        check.finding += QStringLiteral(" The clock was set back before line %1, from %2 to %3%4; the order of the lines is right, those times are not.")
                             .arg(walk.setBack->line).arg(isoUtc(walk.setBack->from), isoUtc(walk.setBack->to),
                                  walk.setBacks > 1 ? QStringLiteral(" (and %1 times before)").arg(walk.setBacks - 1) : QString());
    if (!bytes.isEmpty() && !bytes.endsWith('\n'))
        check.finding += QStringLiteral(" A half line from an interrupted write stands at the end; the next write sets it aside.");
    return check;
}

} // namespace pilothouse::operations
