// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sqlite_query.h"

#include <QFile>
#include <QFileInfo>

#include <sqlite3.h>

#include <memory>

namespace pilothouse {

namespace {

constexpr QByteArrayView magic("SQLite format 3\0", 16);

/// Reads only, of this file only.
int permitted(void *, int action, const char *, const char *second, const char *, const char *) {
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION: return qstrcmp(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    default: return SQLITE_DENY;
    }
}

Error failure(sqlite3 *db, int code, const QString &path, const QString &what) {
    const int plain = code & 0xff;
    const QString words = db ? QString::fromUtf8(sqlite3_errmsg(db)) : QString::fromUtf8(sqlite3_errstr(code));
    if (plain == SQLITE_BUSY || plain == SQLITE_LOCKED)
        return Error{ErrorKind::Unreachable, QStringLiteral("%1: another program is writing to the file.").arg(what), path, QStringLiteral("Try again when it is done, or read a copy."), words};
    if (plain == SQLITE_INTERRUPT)
        return cancelled();
    return invalid(QStringLiteral("%1: %2.").arg(what, plain == SQLITE_AUTH ? QStringLiteral("it may only read this file (%1)").arg(words) : words), path);
}

} // namespace

bool isSqliteFile(const QString &path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && file.read(magic.size()) == magic;
}

Result<void> querySqliteFile(const QString &path, const QString &query, const std::function<Result<void>(const QStringList &)> &columns,
                             const std::function<Result<void>(const std::vector<SqlValue> &)> &row, std::stop_token stop) {
    if (!QFileInfo(path).isFile())
        return notFound(QStringLiteral("There is no such file."), path);
    if (!isSqliteFile(path))
        return invalid(QStringLiteral("It is no SQLite file."), path);
    sqlite3 *opened = nullptr;
    const int rc = sqlite3_open_v2(QFile::encodeName(path).constData(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_FULLMUTEX, nullptr);
    const std::unique_ptr<sqlite3, int (*)(sqlite3 *)> db(opened, sqlite3_close_v2);
    if (rc != SQLITE_OK)
        return failure(db.get(), rc, path, QStringLiteral("The file cannot be opened"));
    sqlite3_busy_timeout(db.get(), 5000);
    sqlite3_set_authorizer(db.get(), permitted, nullptr);
    sqlite3_progress_handler(db.get(), 10000, [](void *token) { return static_cast<std::stop_token *>(token)->stop_requested() ? 1 : 0; }, &stop);

    const QString wrong = QStringLiteral("The query cannot be run");
    const QByteArray sql = query.toUtf8();
    sqlite3_stmt *prepared = nullptr;
    const char *rest = nullptr;
    const int made = sqlite3_prepare_v2(db.get(), sql.constData(), int(sql.size()), &prepared, &rest);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt *)> statement(prepared, sqlite3_finalize);
    if (made != SQLITE_OK)
        return failure(db.get(), made, path, wrong);
    if (!statement)
        return invalid(QStringLiteral("The query is empty."), path);
    const QByteArray more = QByteArray(rest).trimmed();
    if (!more.isEmpty() && more != ";")
        return invalid(QStringLiteral("Only one query can be run, and something stands behind it: %1").arg(QString::fromUtf8(more.left(60))), path);
    QStringList names;
    for (int i = 0; i < sqlite3_column_count(statement.get()); ++i)
        names << QString::fromUtf8(sqlite3_column_name(statement.get(), i));
    PH_TRY(columns(names));
    std::vector<SqlValue> values(static_cast<std::size_t>(names.size()));
    for (qint64 number = 1;; ++number) {
        if (stop.stop_requested())
            return cancelled();
        const int step = sqlite3_step(statement.get());
        if (step == SQLITE_DONE)
            return {};
        if (step != SQLITE_ROW)
            return failure(db.get(), step, path, wrong);
        for (int i = 0; i < names.size(); ++i) {
            SqlValue &value = values[std::size_t(i)];
            switch (sqlite3_column_type(statement.get(), i)) {
            case SQLITE_NULL: value = std::monostate(); break;
            case SQLITE_INTEGER: value = qint64(sqlite3_column_int64(statement.get(), i)); break;
            case SQLITE_FLOAT: value = sqlite3_column_double(statement.get(), i); break;
            case SQLITE_TEXT: value = QString::fromUtf8(reinterpret_cast<const char *>(sqlite3_column_text(statement.get(), i)), sqlite3_column_bytes(statement.get(), i)); break;
            default: return invalid(QStringLiteral("Row %1 has bytes in the column %2.").arg(number).arg(names[i]), path, QStringLiteral("Ask for texts and numbers."));
            }
        }
        PH_TRY(row(values));
    }
}

} // namespace pilothouse
