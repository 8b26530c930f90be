// SPDX-License-Identifier: GPL-3.0-or-later
// The Models panel: runs of versions beside each other, and the chosen version beside the champion.
#include "widgets/registry/models_panel.h"

#include "widgets/base/card.h"
#include "widgets/base/compare_model.h"
#include "widgets/base/table.h"
#include "widgets/registry/compare_view.h"
#include "widgets/registry/version_model.h"

#include <QStackedWidget>

namespace pilothouse::ui {

/// The runs of all versions of a model beside each other, with their curves.
void ModelsPanel::addCompare() {
    ActionSpec together;
    together.id = QStringLiteral("models.compare");
    together.text = tr("Compare the runs of all versions");
    together.icon = QStringLiteral("swap");
    together.section = tr("Commands");
    together.panel = id();
    together.shortcut = QKeySequence(Qt::Key_C);
    together.blocked = [this](const QString &argument) {
        return argument.isEmpty() ? tr("Choose a model first.") : comparable(argument).size() < 2 ? tr("Two versions with a run are needed.") : QString();
    };
    together.targets = [this] {
        std::vector<ActionTarget> out;
        for (const registry::RegisteredModel &model : m_snapshot.registered)
            if (comparable(model.name).size() > 1)
                out.push_back({model.name, tr("Compare the runs of %1").arg(model.name), {}});
        return out;
    };
    together.run = [this](const QString &argument, const QString &) {
        if (context().open)
            context().open(id(), QStringLiteral("compare/") + argument);
        else
            openCompare(argument);
    };
    actions().add(together);
}

QStringList ModelsPanel::comparable(const QString &model) const {
    QStringList ids;
    for (const registry::Version &v : m_snapshot.versions) // newest first
        if (v.model == model && !v.runId.isEmpty() && !ids.contains(v.runId) && ids.size() < registry::mostComparedRuns)
            ids << v.runId;
    return ids;
}

void ModelsPanel::openCompare(const QString &model) {
    const QStringList ids = comparable(model);
    if (ids.isEmpty())
        return;
    const workspace::Model *declared = context().fleet ? context().fleet->services()->workspace.model(model) : nullptr;
    m_model = model;
    m_list->choose(model);
    showTogether(declared ? declared->registry.connection : QString(), ids);
}

const registry::Run *ModelsPanel::runOf(int version) const {
    for (const registry::Version &v : m_snapshot.versions)
        if (v.model == m_model && v.version == version)
            for (const registry::Run &run : m_snapshot.runs)
                if (run.id == v.runId)
                    return &run;
    return nullptr;
}

/// The chosen version beside the champion; the champion itself beside the version before it.
void ModelsPanel::showCompare() {
    const VersionLine *chosen = m_versions->find(m_table->currentId());
    m_compareCard->setVisible(chosen);
    if (!chosen)
        return;
    const int version = chosen->version.version;
    int other = 0;
    for (const VersionLine &line : m_versions->rows()) // newest first
        if (line.version.version != version && line.version.aliases.contains(QStringLiteral("champion")))
            other = line.version.version;
    for (const VersionLine &line : m_versions->rows())
        if (other == 0 && line.version.version < version)
            other = line.version.version;
    std::vector<const registry::Run *> runs;
    QStringList names;
    for (const int one : {version, other})
        if (const registry::Run *run = one > 0 ? runOf(one) : nullptr) {
            runs.push_back(run);
            names << QStringLiteral("v%1").arg(one);
        }
    m_compareCard->setTitle(names.size() > 1 ? tr("%1 beside %2").arg(names[0], names[1]) : tr("Figures of v%1").arg(version));
    m_compareCard->setSubtitle(names.size() > 1 ? tr("as their runs logged them, what differs first") : tr("as its run logged them"));
    m_compareCard->showState(runs.empty() ? ScreenState::empty(tr("No run is known"), tr("This version was registered from a package; the registry has no figures of its training."))
                                          : ScreenState::full());
    m_compare->setRuns(runs, names);
}

/// Runs beside each other; closing it leads back to where they were chosen.
void ModelsPanel::showTogether(const QString &connection, const QStringList &runIds) {
    if (!m_together) { // built when it is first wanted
        m_together = new CompareView(context(), id(), QStringLiteral("models.compare"));
        connect(m_together, &CompareView::closeWanted, this, &ModelsPanel::closeSheet);
        m_pages->addWidget(m_together);
    }
    m_fromRuns = runsAreShown();
    if (m_together->runIds() != runIds || m_together->state().phase == CompareState::Failed)
        m_together->compare(connection, runIds);
    m_pages->setCurrentWidget(m_together);
    m_together->firstFocus()->setFocus();
    Q_EMIT headerChanged();
}

bool ModelsPanel::compareIsShown() const { return m_together && m_pages->currentWidget() == m_together; }

} // namespace pilothouse::ui
