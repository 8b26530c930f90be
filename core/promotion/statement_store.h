// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"
#include "core/promotion/signed_statement.h"

#include <memory>
#include <vector>

namespace pilothouse::promotion {

/// What people signed, in registry.db beside the approvals: one of who asked and one of each who decided.
QString statementTables1();

class StatementStore {
public:
    explicit StatementStore(std::shared_ptr<Database> database) : m_database(std::move(database)) {}
    /// Puts it in place of what the same actor said before of the same kind (asking, deciding) about a promotion, whatever promotion it names itself.
    Result<void> keep(const QString &promotion, const SignedStatement &statement);
    Result<void> forget(const QString &request, const QString &actor, bool ask);
    /// Of one promotion. One that cannot be read any more, or stands under another name, is left out: then its approval is not signed.
    Result<std::vector<SignedStatement>> of(const QString &request) const;

private:
    std::shared_ptr<Database> m_database;
};

} // namespace pilothouse::promotion
