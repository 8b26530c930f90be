// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

struct sqlite3_stmt;

namespace pilothouse {

/// One prepared statement in use: bind from 1, step, read columns from 0. Lives inside Database::query/execute bodies.
class Statement {
public:
    Statement &bind(int index, const QString &text);
    Statement &bind(int index, std::string_view utf8);
    Statement &bind(int index, const char *) = delete;
    Statement &bindBlob(int index, const QByteArray &bytes);
    Statement &bind(int index, qint64 number);
    Statement &bind(int index, int number) { return bind(index, qint64(number)); }
    Statement &bind(int index, double number);
    Statement &bindNull(int index);

    bool isNull(int column) const;
    QString text(int column) const;
    QByteArray blob(int column) const;
    qint64 integer(int column) const;
    double real(int column) const;

private:
    friend class Database;
    explicit Statement(sqlite3_stmt *s) : m_statement(s) {}
    sqlite3_stmt *m_statement;
};

/// SQLite in WAL mode behind one door: thread-safe by a mutex, several programs at once by SQLite's own locks (busy limit
/// 10 s), statements cached. QSqlDatabase is not used because it is bound to its thread and pool threads come and go.
class Database {
public:
    /// Opens or makes the file and brings its schema up to date: `migrations[i]` (SQL, may hold several statements) leads
    /// from version i to i+1 and runs in one transaction. A file from a newer program is refused (Conflict), untouched;
    /// a broken file is Invalid with its name. ":memory:" is allowed.
    static Result<std::shared_ptr<Database>> open(const QString &path, const std::vector<QString> &migrations);
    ~Database();

    using Bind = std::function<void(Statement &)>;
    using Row = std::function<void(const Statement &)>;
    /// Runs one statement that returns no rows; gives the number of changed rows.
    Result<qint64> execute(const QString &sql, const Bind &bind = {});
    /// Runs one statement and calls `row` for each row.
    Result<void> query(const QString &sql, const Bind &bind, const Row &row);
    /// Runs the body in BEGIN IMMEDIATE … COMMIT; an error rolls back. Calls inside the body go to this object; nesting is
    /// an Internal error.
    Result<void> transaction(const std::function<Result<void>()> &body);
    qint64 lastInsertId() const;
    QString path() const;
    /// FULL (default): an acknowledged write survives a power cut. NORMAL: survives kill -9 only; for prediction logs.
    Result<void> setSynchronous(bool full);

private:
    struct Impl;
    explicit Database(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse
