// SPDX-License-Identifier: GPL-3.0-or-later
// The Models panel's history page, and what it and the promotion sheet give away as evidence reports.
#include "widgets/registry/models_panel.h"

#include "core/fleet/evidence_report.h"
#include "core/fleet/model_place.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/table.h"
#include "widgets/base/report_export.h"
#include "widgets/promotion/promotion_sheet.h"
#include "widgets/registry/history_view.h"
#include "widgets/registry/report_period.h"

#include <QStackedWidget>

namespace pilothouse::ui {

void ModelsPanel::addHistory() {
    ActionSpec open;
    open.id = QStringLiteral("registry.history");
    open.text = tr("History");
    open.icon = QStringLiteral("journal");
    open.section = tr("Commands");
    open.panel = id();
    open.shortcut = QKeySequence(Qt::Key_H);
    open.blocked = [](const QString &argument) { return argument.isEmpty() ? tr("Choose a model first.") : QString(); };
    open.targets = [this] {
        std::vector<ActionTarget> out;
        for (const registry::RegisteredModel &model : m_snapshot.registered)
            out.push_back({model.name, tr("History of %1").arg(model.name), {}});
        return out;
    };
    open.run = [this](const QString &argument, const QString &) {
        if (context().open)
            context().open(id(), QStringLiteral("history/") + argument);
        else
            openHistory(argument);
    };
    actions().add(open);

    const auto report = [this](const QString &actionId, const QKeySequence &key) {
        ActionSpec spec;
        spec.id = actionId;
        spec.text = tr("Export evidence report…");
        spec.icon = QStringLiteral("download");
        spec.section = tr("Commands");
        spec.panel = id();
        spec.shortcut = key;
        return spec;
    };
    ActionSpec model = report(QStringLiteral("registry.exportHistory"), {});
    model.blocked = open.blocked;
    model.targets = [this] {
        std::vector<ActionTarget> out;
        for (const registry::RegisteredModel &m : m_snapshot.registered)
            out.push_back({m.name, tr("Evidence report of %1").arg(m.name), {}});
        return out;
    };
    model.run = [this](const QString &argument, const QString &) {
        if (!context().fleet)
            return;
        const auto go = [this, argument](const QDateTime &since, const QDateTime &until) {
            const auto day = [](const QDateTime &time) { return QLatin1Char('-') + time.toLocalTime().toString(QStringLiteral("yyyyMMdd")); };
            exportReport(context(), this, tr("Export evidence report"), QStringLiteral("evidence-") + argument + (since.isValid() ? day(since) + day(until.addSecs(-1)) : QString()),
                           [services = context().fleet->services(), argument, since, until]() -> Result<QByteArray> {
                               PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*services, argument));
                               return fleet::modelReport(*services, place.key.name, since, until, place.key.connection);
                           });
        };
        (new ReportPeriodSheet(tr("Evidence report of %1").arg(argument), now(), go, this))->open();
    };
    actions().add(model);

    ActionSpec promotion = report(QStringLiteral("promotion.export"), QKeySequence(Qt::SHIFT | Qt::Key_E));
    promotion.blocked = [](const QString &argument) { return argument.isEmpty() ? tr("Choose a promotion first.") : QString(); };
    promotion.targets = [this] {
        std::vector<ActionTarget> out;
        for (const promotion::Request &r : m_snapshot.promotions)
            out.push_back({r.id, tr("Evidence report of %1 v%2").arg(r.model).arg(r.version), promotion::requestStateName(r.state)});
        return out;
    };
    promotion.run = [this](const QString &argument, const QString &) {
        const promotion::Request *r = request(argument);
        if (r && context().fleet)
            exportReport(context(), this, tr("Export evidence report"), QStringLiteral("evidence-%1-v%2").arg(r->model).arg(r->version), [services = context().fleet->services(), argument] { return fleet::promotionReport(*services, argument); });
    };
    actions().add(promotion);
}

void ModelsPanel::openHistory(const QString &model) {
    if (model.isEmpty())
        return;
    m_model = model;
    m_list->choose(model);
    if (!m_history) { // built when it is first wanted
        m_history = new HistoryView(context());
        connect(m_history, &HistoryView::openPromotion, this, &ModelsPanel::showSheet);
        m_pages->addWidget(m_history);
    }
    m_pages->setCurrentWidget(m_history);
    m_historySeen = -1;
    showHistory();
    m_history->firstFocus()->setFocus();
    Q_EMIT headerChanged();
}

bool ModelsPanel::onHistory() const { return m_history && m_pages->currentWidget() == m_history; }
QString ModelsPanel::chosenPromotion() const { return m_history->chosenPromotion(); }
QWidget *ModelsPanel::historyFocus() const { return m_history->firstFocus(); }

/// Read anew where something was written since; a page that nobody sees costs nothing.
void ModelsPanel::showHistory() {
    if (auto *button = m_head->findChild<Button *>(QStringLiteral("historyButton")))
        button->setArgument(m_model);
    if (!onHistory())
        return;
    const qint64 newest = m_snapshot.journal.empty() ? 0 : m_snapshot.journal.front().sequence;
    if (newest == m_historySeen && m_history->model() == m_model)
        return;
    m_historySeen = newest;
    m_history->setModel(m_model);
}

} // namespace pilothouse::ui
