// SPDX-License-Identifier: GPL-3.0-or-later
// The Models panel's page of the environments, and the way of a version from one into the next.
#include "widgets/registry/models_panel.h"

#include "core/workspace/environment.h"
#include "widgets/base/button.h"
#include "widgets/base/write_gate.h"
#include "widgets/registry/environment_model.h"
#include "widgets/registry/environments_view.h"

#include <QStackedWidget>

namespace pilothouse::ui {

void ModelsPanel::addEnvironments() {
    ActionSpec open;
    open.id = QStringLiteral("registry.environments");
    open.text = tr("Environments: what is live in each");
    open.icon = QStringLiteral("arrow-right");
    open.section = tr("Commands");
    open.panel = id();
    open.shortcut = QKeySequence(Qt::Key_N);
    open.run = [this](const QString &, const QString &) {
        if (context().open)
            context().open(id(), QStringLiteral("environments/"));
        else
            openEnvironments();
    };
    actions().add(open);

    ActionSpec next;
    next.id = QStringLiteral("promotion.next");
    next.text = tr("Promote to the next environment");
    next.icon = QStringLiteral("promote");
    next.section = tr("Commands");
    next.panel = id();
    next.shortcut = QKeySequence(Qt::SHIFT | Qt::Key_P);
    next.blocked = [this](const QString &argument) {
        if (argument.isEmpty())
            return tr("Nothing goes on from here.");
        if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Operator); !low.isEmpty())
            return low;
        return m_evidenceJob.isEmpty() ? QString() : tr("Evidence is being computed.");
    };
    next.targets = [this] {
        std::vector<ActionTarget> out;
        if (m_environments)
            for (const auto &chain : m_environments->chains())
                for (const fleet::EnvironmentState &state : chain)
                    for (const fleet::EnvironmentModel &model : state.models)
                        if (const NextStep step = nextStep(state, model.model); !step.argument.isEmpty())
                            out.push_back({step.argument, tr("Promote %1 v%2 to %3").arg(model.model).arg(*model.live).arg(state.environment.next), state.environment.name});
        return out;
    };
    next.gate = [this](const QString &argument) { // the copy is written into the registry of the next environment
        if (!context().fleet)
            return WriteGate();
        const workspace::Workspace &workspace = context().fleet->services()->workspace;
        const workspace::Environment *into = workspace::environmentNamed(workspace, argument.section(QLatin1Char('/'), 2));
        const workspace::Model *model = workspace.model(argument.section(QLatin1Char('/'), 0, 0));
        if (!into || !model)
            return WriteGate();
        const workspace::RegistryPlace place = workspace::placeIn(*into, *model);
        return writeGate(context(), "copy-version", QStringLiteral("model ") + place.name, {place.connection});
    };
    next.run = [this](const QString &argument, const QString &) {
        startEvidence(argument.section(QLatin1Char('/'), 0, 0), argument.section(QLatin1Char('/'), 1, 1), argument.section(QLatin1Char('/'), 2));
    };
    actions().add(next);
}

void ModelsPanel::openEnvironments() {
    if (!m_environments) { // built when it is first wanted
        m_environments = new EnvironmentsView(context());
        connect(m_environments, &EnvironmentsView::openPromotion, this, &ModelsPanel::showSheet);
        m_pages->addWidget(m_environments);
    }
    m_state->show(ScreenState::full()); // there may be environments before any model
    m_pages->setCurrentWidget(m_environments);
    showEnvironments();
    m_environments->firstFocus()->setFocus();
    Q_EMIT headerChanged();
}

bool ModelsPanel::onEnvironments() const { return m_environments && m_pages->currentWidget() == m_environments; }
QWidget *ModelsPanel::environmentsFocus() const { return m_environments->firstFocus(); }

QString ModelsPanel::environmentArgument(const QString &actionId) const {
    return actionId == QLatin1String("promotion.next") ? m_environments->nextArgument() : actionId == QLatin1String("promotion.review") ? m_environments->waiting() : QString();
}

/// A page that nobody sees costs nothing.
void ModelsPanel::showEnvironments() {
    if (onEnvironments())
        m_environments->refresh(m_snapshot.journal.empty() ? 0 : m_snapshot.journal.front().sequence);
}

} // namespace pilothouse::ui
