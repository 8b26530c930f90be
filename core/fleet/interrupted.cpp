// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/interrupted.h"

#include "core/base/process_mark.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace pilothouse::fleet {

namespace {
struct Text {
    Q_DECLARE_TR_FUNCTIONS(Interrupted)
};
} // namespace

void settle(registry::Run &run) {
    if (run.status != registry::RunStatus::Running)
        return;
    const auto mark = ProcessMark::fromText(run.tags.value(trainingTag::process));
    if (!mark || lives(*mark))
        return;
    run.status = registry::RunStatus::Killed;
    run.error = Text::tr("Its process ended without a word: killed, or the machine went down.");
}

std::optional<QStringList> resumeArguments(const registry::Run &run) {
    const QString recipe = run.tags.value(trainingTag::recipe), out = run.tags.value(trainingTag::out);
    if (run.status == registry::RunStatus::Running || run.status == registry::RunStatus::Finished || recipe.isEmpty() || out.isEmpty())
        return {};
    // Either a checkpoint, or a package that was sealed before the run could say so.
    if (!QFileInfo::exists(out + QStringLiteral(".checkpoint/checkpoint.json")) && !QFileInfo::exists(out + QStringLiteral("/MLmodel")))
        return {};
    QStringList arguments{QStringLiteral("train"), recipe};
    if (const QString data = run.tags.value(trainingTag::data); !data.isEmpty())
        arguments << QStringLiteral("--data") << data;
    if (const QString version = run.tags.value(trainingTag::dataVersion); !version.isEmpty())
        arguments << QStringLiteral("--data-version") << version;
    if (const QString connection = run.tags.value(trainingTag::connection); !connection.isEmpty())
        arguments << QStringLiteral("--connection") << connection;
    if (const QString model = run.tags.value(trainingTag::model); !model.isEmpty())
        arguments << QStringLiteral("--register") << model;
    if (const QString registry = run.tags.value(trainingTag::registry); !registry.isEmpty())
        arguments << QStringLiteral("--registry") << registry;
    return arguments << QStringLiteral("--resume") << out;
}

} // namespace pilothouse::fleet
