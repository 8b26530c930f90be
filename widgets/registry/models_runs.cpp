// SPDX-License-Identifier: GPL-3.0-or-later
// The Models panel's page of the runs of a registry.
#include "widgets/registry/models_panel.h"

#include "widgets/registry/register_sheet.h"
#include "widgets/registry/runs_page.h"
#include "widgets/registry/version_model.h"

#include <QStackedWidget>

namespace pilothouse::ui {

RunsPage *ModelsPanel::runsPage() {
    if (!m_runs) { // built when it is first wanted
        m_runs = new RunsPage(context());
        m_pages->addWidget(m_runs);
        connect(m_runs, &RunsPage::backRequested, this, &ModelsPanel::closeSheet);
        connect(m_runs, &RunsPage::subjectChanged, this, &ModelsPanel::headerChanged);
        connect(m_runs, &RunsPage::registered, this, [this](const QString &connection, const QString &model, int version) {
            const QString name = ownModelName(context().fleet->services()->workspace, connection, model), argument = QStringLiteral("version/%1/%2").arg(name).arg(version);
            if (!m_models->find(name) && !context().fleet->services()->workspace.model(name))
                return; // of a server only the workspace's models are read
            if (context().open)
                context().open(id(), argument);
            else
                openAt(argument);
        });
        connect(m_runs, &RunsPage::compareRequested, this, [this](const QStringList &runIds) { showTogether(m_runs->connectionName(), runIds); });
    }
    return m_runs;
}

void ModelsPanel::showRuns(const QString &runId) {
    m_pages->setCurrentWidget(runsPage());
    m_state->show(ScreenState::full()); // runs may be there before any model
    if (!runId.isEmpty())
        m_runs->choose(runId);
    m_runs->firstFocus()->setFocus();
    Q_EMIT headerChanged();
}

bool ModelsPanel::runsAreShown() const { return m_runs && m_pages->currentWidget() == m_runs; }

} // namespace pilothouse::ui
