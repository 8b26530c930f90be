// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/statement_store.h"

#include "core/base/json.h"

namespace pilothouse::promotion {

QString statementTables1() {
    return QStringLiteral(R"sql(
CREATE TABLE approval_statements(
    promotion TEXT NOT NULL, actor TEXT NOT NULL, asks INTEGER NOT NULL, statement TEXT NOT NULL,
    PRIMARY KEY(promotion, actor, asks)) WITHOUT ROWID;
)sql");
}

Result<void> StatementStore::keep(const QString &promotion, const SignedStatement &s) {
    PH_TRY(m_database->execute(QStringLiteral("INSERT INTO approval_statements(promotion, actor, asks, statement) VALUES(?1, ?2, ?3, ?4)"
                                              " ON CONFLICT(promotion, actor, asks) DO UPDATE SET statement = ?4"),
                               [&](Statement &row) {
                                   row.bind(1, promotion).bind(2, s.actor).bind(3, int(s.decision == Decision::Ask)).bind(4, QString::fromUtf8(canonicalJson(s.toJson())));
                               }));
    return {};
}

Result<void> StatementStore::forget(const QString &request, const QString &actor, bool ask) {
    PH_TRY(m_database->execute(QStringLiteral("DELETE FROM approval_statements WHERE promotion = ?1 AND actor = ?2 AND asks = ?3"),
                               [&](Statement &row) { row.bind(1, request).bind(2, actor).bind(3, int(ask)); }));
    return {};
}

Result<std::vector<SignedStatement>> StatementStore::of(const QString &request) const {
    std::vector<SignedStatement> out;
    PH_TRY(m_database->query(QStringLiteral("SELECT statement, actor, asks FROM approval_statements WHERE promotion = ?1 ORDER BY actor, asks"), [&](Statement &row) { row.bind(1, request); },
                             [&](const Statement &row) {
                                 const auto object = parseJsonObject(row.text(0).toUtf8(), request);
                                 if (!object)
                                     return;
                                 auto statement = SignedStatement::fromJson(*object, request);
                                 if (statement && statement->actor == row.text(1) && (statement->decision == Decision::Ask) == (row.integer(2) != 0))
                                     out.push_back(*std::move(statement));
                             }));
    return out;
}

} // namespace pilothouse::promotion
