// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of the Models panel, as the catalogue has them.
#include "widgets/registry/models_panel.h"

#include "widgets/base/write_gate.h"
#include "widgets/registry/model_file_sheet.h"

#include <QFileDialog>

namespace pilothouse::ui {

void ModelsPanel::addActions() {
    ActionSpec ask;
    ask.id = QStringLiteral("promotion.request");
    ask.text = tr("Promote");
    ask.icon = QStringLiteral("promote");
    ask.section = tr("Commands");
    ask.panel = id();
    ask.shortcut = QKeySequence(Qt::Key_P);
    ask.blocked = [this](const QString &argument) {
        if (argument.isEmpty())
            return tr("Choose a version first.");
        if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Operator); !low.isEmpty())
            return low;
        return m_evidenceJob.isEmpty() ? QString() : tr("Evidence is being computed.");
    };
    ask.gate = [this](const QString &argument) { return gateOf("promotion-request", argument.section(QLatin1Char('/'), 0, -2)); };
    ask.targets = [this] {
        std::vector<ActionTarget> out;
        for (const registry::Version &v : m_snapshot.versions)
            if (!v.aliases.contains(QStringLiteral("champion")))
                out.push_back({QStringLiteral("%1/%2").arg(v.model).arg(v.version), tr("Promote %1 v%2").arg(v.model).arg(v.version), {}});
        return out;
    };
    ask.run = [this](const QString &argument, const QString &) { startEvidence(argument.section(QLatin1Char('/'), 0, 0), argument.section(QLatin1Char('/'), 1)); };
    actions().add(ask);

    ActionSpec review;
    review.id = QStringLiteral("promotion.review");
    review.text = tr("Review evidence");
    review.icon = QStringLiteral("file");
    review.section = tr("Commands");
    review.panel = id();
    review.shortcut = QKeySequence(Qt::Key_E);
    review.blocked = [](const QString &argument) { return argument.isEmpty() ? tr("Nothing of this version was asked for yet.") : QString(); };
    review.targets = [this] {
        std::vector<ActionTarget> out;
        for (const promotion::Request &r : m_snapshot.promotions)
            out.push_back({r.id, tr("Review %1 v%2").arg(r.model).arg(r.version), promotion::requestStateName(r.state)});
        return out;
    };
    review.run = [this](const QString &argument, const QString &) {
        if (context().open)
            context().open(id(), argument);
        else
            openAt(argument);
    };
    actions().add(review);

    ActionSpec look;
    look.id = QStringLiteral("registry.inspect");
    look.text = tr("Look at a model file…");
    look.icon = QStringLiteral("file");
    look.section = tr("Commands");
    look.panel = id();
    look.shortcut = QKeySequence(Qt::Key_L);
    look.run = [this](const QString &, const QString &) { lookAtFile(); };
    actions().add(look);

    ActionSpec runs;
    runs.id = QStringLiteral("registry.runs");
    runs.text = tr("Runs of a registry");
    runs.icon = QStringLiteral("grid");
    runs.section = tr("Commands");
    runs.panel = id();
    runs.shortcut = QKeySequence(Qt::SHIFT | Qt::Key_R);
    runs.run = [this](const QString &, const QString &) {
        if (context().open)
            context().open(id(), QStringLiteral("run/"));
        else
            showRuns({});
    };
    actions().add(runs);
    addCompare();
    addHistory();
    addEnvironments();
    addDecisions();
}

/// A pickle, XGBoost's or TorchScript: what it says of itself, and what can be done with it.
void ModelsPanel::lookAtFile() {
    auto *dialog = new QFileDialog(window(), tr("Look at a model file"), {}, tr("Model files (*.pkl *.pickle *.joblib *.sav *.json *.ubj *.pt);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) { (new ModelFileSheet(context(), file, m_snapshot.role, this))->open(); });
    dialog->open();
}

} // namespace pilothouse::ui
