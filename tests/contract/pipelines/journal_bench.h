// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"

#include <QFile>
#include <QTemporaryDir>

namespace pilothouse::support {

/// Operations with a journal in a folder of its own.
struct JournalBench {
    QTemporaryDir dir;
    std::shared_ptr<operations::Operations> operations;
    JournalBench() {
        const auto database = Database::open(dir.filePath(QStringLiteral("registry.db")), {operations::journalTables1()});
        auto journal = *operations::Journal::open(dir.filePath(QStringLiteral("journal.jsonl")), *database, QByteArrayLiteral("k"), std::make_shared<SystemClock>());
        operations = std::make_shared<operations::Operations>(std::move(journal), operations::Actor{QStringLiteral("ana"), QStringLiteral("pilot"), workspace::Role::Approver});
    }
    QByteArray text() {
        QFile file(dir.filePath(QStringLiteral("journal.jsonl")));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};

inline QString said(const operations::OperationOutcome &outcome) { return outcome.error ? outcome.error->text() : QStringLiteral("done"); }

} // namespace pilothouse::support
