// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/database.h"

#include "core/base/file.h"

#include <QFile>
#include <QFileInfo>
#include <QHash>

#include <chrono>
#include <mutex>
#include <sqlite3.h>
#include <sys/statvfs.h>
#include <thread>

namespace pilothouse {

namespace {

/// Whether the disk of this file has no room for a page of the database and its log.
bool diskIsFull(const QString &path) {
    struct statvfs disk {};
    const QByteArray folder = QFile::encodeName(QFileInfo(path).absolutePath());
    return ::statvfs(folder.constData(), &disk) == 0 && disk.f_bavail * disk.f_frsize < 64 * 1024;
}

} // namespace

struct Database::Impl {
    sqlite3 *db = nullptr;
    QString path;
    std::recursive_mutex lock;
    QHash<QString, sqlite3_stmt *> statements;
    bool inTransaction = false;

    ~Impl() {
        for (auto *s : std::as_const(statements))
            sqlite3_finalize(s);
        sqlite3_close(db);
    }

    Error failure(const QString &what) const {
        const int code = sqlite3_extended_errcode(db);
        Error e;
        e.where = path;
        e.raw = QString::fromUtf8(sqlite3_errmsg(db));
        switch (code & 0xff) {
        case SQLITE_CONSTRAINT: e.kind = ErrorKind::Conflict; break;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            e.kind = ErrorKind::TimedOut;
            e.hint = QStringLiteral("Another program holds the database for long. Close it or try again.");
            break;
        case SQLITE_IOERR:
        case SQLITE_FULL: // a full disk shows as either, whether the file itself or its log beside it had no room
            e.kind = ErrorKind::Unreachable;
            e.hint = diskIsFull(path) || (code & 0xff) == SQLITE_FULL ? QStringLiteral("The disk is full. Free some space and try again; nothing was changed.")
                                                                      : QStringLiteral("The disk could not be read or written. Look at the disk and the rights of its folder, then try again.");
            break;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            e.kind = ErrorKind::Invalid;
            e.hint = QStringLiteral("The file is damaged or not a database. Restore it from a copy.");
            break;
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
            e.kind = ErrorKind::Denied;
            e.hint = QStringLiteral("Look at the rights of the file and of its folder: the database must be able to write beside it, also to be read.");
            break;
        default: e.kind = ErrorKind::Internal;
        }
        e.what = QStringLiteral("%1: %2.").arg(what, e.raw);
        return e;
    }

    Result<sqlite3_stmt *> prepare(const QString &sql) {
        if (auto it = statements.constFind(sql); it != statements.constEnd()) {
            sqlite3_reset(*it);
            sqlite3_clear_bindings(*it);
            return *it;
        }
        sqlite3_stmt *s = nullptr;
        const QByteArray utf8 = sql.toUtf8();
        if (sqlite3_prepare_v3(db, utf8.constData(), int(utf8.size()), SQLITE_PREPARE_PERSISTENT, &s, nullptr) != SQLITE_OK)
            return failure(QStringLiteral("The database refused a statement"));
        statements.insert(sql, s);
        return s;
    }

    Result<void> script(const QString &sql) {
        if (sqlite3_exec(db, sql.toUtf8().constData(), nullptr, nullptr, nullptr) != SQLITE_OK)
            return failure(QStringLiteral("The database refused a statement"));
        return {};
    }
};

Statement &Statement::bind(int index, const QString &text) {
    const QByteArray utf8 = text.toUtf8();
    sqlite3_bind_text(m_statement, index, utf8.constData(), int(utf8.size()), SQLITE_TRANSIENT);
    return *this;
}
Statement &Statement::bind(int index, std::string_view utf8) {
    sqlite3_bind_text(m_statement, index, utf8.data(), int(utf8.size()), SQLITE_TRANSIENT);
    return *this;
}
Statement &Statement::bindBlob(int index, const QByteArray &bytes) {
    sqlite3_bind_blob(m_statement, index, bytes.constData(), int(bytes.size()), SQLITE_TRANSIENT);
    return *this;
}
Statement &Statement::bind(int index, qint64 number) {
    sqlite3_bind_int64(m_statement, index, number);
    return *this;
}
Statement &Statement::bind(int index, double number) {
    sqlite3_bind_double(m_statement, index, number);
    return *this;
}
Statement &Statement::bindNull(int index) {
    sqlite3_bind_null(m_statement, index);
    return *this;
}
bool Statement::isNull(int column) const { return sqlite3_column_type(m_statement, column) == SQLITE_NULL; }
QString Statement::text(int column) const {
    const auto *p = reinterpret_cast<const char *>(sqlite3_column_text(m_statement, column));
    return p ? QString::fromUtf8(p, sqlite3_column_bytes(m_statement, column)) : QString();
}
QByteArray Statement::blob(int column) const {
    const void *p = sqlite3_column_blob(m_statement, column);
    return QByteArray(static_cast<const char *>(p), sqlite3_column_bytes(m_statement, column));
}
qint64 Statement::integer(int column) const { return sqlite3_column_int64(m_statement, column); }
double Statement::real(int column) const { return sqlite3_column_double(m_statement, column); }

Database::Database(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Database::~Database() = default;

Result<std::shared_ptr<Database>> Database::open(const QString &path, const std::vector<QString> &migrations) {
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    if (path != QLatin1String(":memory:"))
        PH_TRY(makeFolder(QFileInfo(path).absolutePath()));
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
    if (sqlite3_open_v2(QFile::encodeName(path).constData(), &impl->db, flags, nullptr) != SQLITE_OK)
        return impl->failure(QStringLiteral("Could not open the database"));
    sqlite3_extended_result_codes(impl->db, 1);
    sqlite3_busy_timeout(impl->db, 10000);
    // Where two programs make a new file a WAL one at the same time, SQLite says "locked" at once instead of waiting as it does elsewhere.
    auto settled = impl->script(QStringLiteral("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"));
    for (int i = 0; i < 500 && !settled && (sqlite3_errcode(impl->db) & 0xff) == SQLITE_BUSY; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        settled = impl->script(QStringLiteral("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"));
    }
    PH_TRY(settled);
    std::shared_ptr<Database> db(new Database(std::move(impl)));
    const auto version = [&]() -> Result<qint64> {
        qint64 v = 0;
        PH_TRY(db->query(QStringLiteral("PRAGMA user_version"), {}, [&](const Statement &s) { v = s.integer(0); }));
        return v;
    };
    PH_ASSIGN(const qint64 found, version());
    if (found > qint64(migrations.size()))
        return Error{ErrorKind::Invalid,
                     QStringLiteral("This database is of version %1; this program knows versions up to %2.").arg(found).arg(migrations.size()),
                     path, QStringLiteral("Use a newer Pilothouse. The file was not touched."), {}};
    if (found < qint64(migrations.size())) {
        PH_TRY(db->transaction([&]() -> Result<void> {
            PH_ASSIGN(qint64 at, version()); // read again under the lock: another program may have migrated it
            for (; at < qint64(migrations.size()); ++at)
                PH_TRY(db->m_impl->script(migrations[std::size_t(at)]));
            return db->m_impl->script(QStringLiteral("PRAGMA user_version=%1").arg(at));
        }));
    }
    return db;
}

Result<qint64> Database::execute(const QString &sql, const Bind &bind) {
    const std::lock_guard lock(m_impl->lock);
    PH_ASSIGN(sqlite3_stmt * s, m_impl->prepare(sql));
    Statement statement(s);
    if (bind)
        bind(statement);
    int rc = 0;
    do
        rc = sqlite3_step(s);
    while (rc == SQLITE_ROW);
    if (rc != SQLITE_DONE) {
        auto e = m_impl->failure(QStringLiteral("The database did not take a change"));
        sqlite3_reset(s);
        return e;
    }
    sqlite3_reset(s);
    return qint64(sqlite3_changes64(m_impl->db));
}

Result<void> Database::query(const QString &sql, const Bind &bind, const Row &row) {
    const std::lock_guard lock(m_impl->lock);
    PH_ASSIGN(sqlite3_stmt * s, m_impl->prepare(sql));
    Statement statement(s);
    if (bind)
        bind(statement);
    int rc = 0;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW)
        row(statement);
    if (rc != SQLITE_DONE) {
        auto e = m_impl->failure(QStringLiteral("The database could not be read"));
        sqlite3_reset(s);
        return e;
    }
    sqlite3_reset(s);
    return {};
}

Result<void> Database::transaction(const std::function<Result<void>()> &body) {
    const std::lock_guard lock(m_impl->lock);
    if (m_impl->inTransaction)
        return Error{ErrorKind::Internal, QStringLiteral("A transaction was started inside another one."), m_impl->path, {}, {}};
    PH_TRY(m_impl->script(QStringLiteral("BEGIN IMMEDIATE")));
    m_impl->inTransaction = true;
    Result<void> done = body();
    m_impl->inTransaction = false;
    if (done)
        done = m_impl->script(QStringLiteral("COMMIT"));
    if (!done)
        (void)m_impl->script(QStringLiteral("ROLLBACK"));
    return done;
}

qint64 Database::lastInsertId() const { return sqlite3_last_insert_rowid(m_impl->db); }
QString Database::path() const { return m_impl->path; }
Result<void> Database::setSynchronous(bool full) {
    const std::lock_guard lock(m_impl->lock);
    return m_impl->script(full ? QStringLiteral("PRAGMA synchronous=FULL") : QStringLiteral("PRAGMA synchronous=NORMAL"));
}

} // namespace pilothouse
