// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/models_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/compare_model.h"
#include "widgets/base/field.h"
#include "widgets/base/table.h"
#include "widgets/promotion/promotion_sheet.h"
#include "widgets/registry/compare_view.h"
#include "widgets/registry/runs_page.h"
#include "widgets/registry/version_model.h"

#include <QHBoxLayout>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <utility>

namespace pilothouse::ui {

ModelsPanel::ModelsPanel(const PanelContext &context, QWidget *parent)
    : Panel(QStringLiteral("models"), tr("Models"), context, parent), m_state(new PanelState), m_pages(new QStackedWidget) {
    addActions(); // first: the sheet's buttons read the catalogue
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    auto *page = new QSplitter;
    page->setObjectName(QStringLiteral("modelsSplit"));
    page->setHandleWidth(12);
    page->addWidget(buildList());
    page->addWidget(buildModel());
    page->setStretchFactor(1, 1);
    page->setSizes({260, 900});
    m_pages->addWidget(page);
    m_state->setContent(m_pages);
    layout->addWidget(m_state);
    auto *back = new QShortcut(Qt::Key_Escape, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(back, &QShortcut::activated, this, [this] {
        if (m_pages->currentIndex() == 0)
            m_list->setFocus(Qt::TabFocusReason);
        else if (!runsAreShown() || !m_runs->closeSide())
            closeSheet();
    });
}

QWidget *ModelsPanel::buildList() {
    m_listCard = new Card(tr("Models"));
    m_models = new ModelListModel(this);
    m_filter = new FilterProxy(this);
    m_filter->setSourceModel(m_models);
    m_list = new List;
    m_list->setObjectName(QStringLiteral("modelList"));
    m_list->setAccessibleName(tr("Models"));
    m_list->setModel(m_filter);
    auto *filter = new FilterEdit(tr("Filter, / to focus"));
    filter->setObjectName(QStringLiteral("modelFilter"));
    connect(filter, &QLineEdit::textChanged, m_filter, &FilterProxy::setWords);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 12, 0, 0);
    auto *padded = new QHBoxLayout;
    padded->setContentsMargins(12, 0, 12, 0);
    padded->addWidget(filter);
    column->addLayout(padded);
    column->addWidget(m_list, 1);
    auto *look = new Button(actions(), QStringLiteral("registry.inspect"));
    look->setObjectName(QStringLiteral("inspectButton"));
    look->setWords(tr("Model file…"));
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(12, 8, 12, 12);
    auto *runs = new Button(actions(), QStringLiteral("registry.runs"));
    runs->setObjectName(QStringLiteral("runsButton"));
    runs->setWords(tr("Runs"));
    foot->addWidget(runs);
    foot->addWidget(look);
    foot->addStretch(1);
    column->addLayout(foot);
    if (context().fleet && !context().fleet->services()->workspace.environments.empty()) {
        auto *environments = new Button(actions(), QStringLiteral("registry.environments"), ButtonKind::Ghost);
        environments->setObjectName(QStringLiteral("environmentsButton"));
        environments->setWords(tr("Chains"));
        environments->setPixelHeight(24);
        m_listCard->addTool(environments);
    }
    m_listCard->setBody(body);
    connect(m_list, &List::opened, this, [this] { m_table->setFocus(Qt::TabFocusReason); });
    connect(m_list, &List::chosen, this, [this](const QString &id) {
        if (id.isEmpty() || id == m_model)
            return;
        m_wantedVersion.clear();
        m_model = id;
        showModel();
    });
    return m_listCard;
}

QWidget *ModelsPanel::buildModel() {
    auto *widget = new QWidget;
    auto *column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    m_head = new Card(QStringLiteral(" "));
    m_facts = new KeyValues;
    m_facts->setKeyWidth(120);
    m_head->bodyLayout()->addWidget(m_facts);
    m_train = new Button(actions(), QStringLiteral("train.start"));
    auto *history = new Button(actions(), QStringLiteral("registry.history"));
    history->setObjectName(QStringLiteral("historyButton"));
    m_head->addTool(history);
    m_head->addTool(m_train);
    column->addWidget(m_head);
    m_versionsCard = new Card(tr("Versions"));
    m_versions = new VersionModel(this);
    m_table = new Table;
    m_table->setObjectName(QStringLiteral("versionTable"));
    m_table->setAccessibleName(tr("Versions of the chosen model"));
    m_table->setModel(m_versions);
    m_table->setItemDelegate(new StateDelegate(m_table));
    m_versionsCard->setBody(m_table);
    m_promote = new Button(actions(), QStringLiteral("promotion.request"), ButtonKind::Primary);
    m_promote->setObjectName(QStringLiteral("promoteButton"));
    m_review = new Button(actions(), QStringLiteral("promotion.review"));
    m_review->setObjectName(QStringLiteral("reviewButton"));
    m_explain = new Button(actions(), QStringLiteral("explain.open"));
    m_explain->setObjectName(QStringLiteral("explainButton"));
    auto *together = new Button(actions(), QStringLiteral("models.compare"));
    together->setObjectName(QStringLiteral("compareRunsButton"));
    together->setWords(tr("Compare"));
    m_versionsCard->addTool(together);
    m_versionsCard->addTool(m_explain);
    m_versionsCard->addTool(m_review);
    m_versionsCard->addTool(m_promote);
    column->addWidget(m_versionsCard, 2);
    m_compare = new CompareModel(this);
    auto *compare = new Table;
    compare->setObjectName(QStringLiteral("versionCompare"));
    compare->setAccessibleName(tr("The chosen version beside another"));
    compare->setRowHeight(Table::Compact);
    compare->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    compare->setModel(m_compare);
    compare->setItemDelegate(new StateDelegate(compare));
    m_compareCard = new Card(tr("Compare"));
    m_compareCard->setBody(compare);
    column->addWidget(m_compareCard, 3);
    connect(m_table, &Table::chosen, this, [this] {
        showVersionActions();
        showCompare();
    });
    connect(m_table, &Table::opened, this, [this] {
        const QString id = currentArgument(QStringLiteral("promotion.review"));
        if (!id.isEmpty())
            showSheet(id);
    });
    return widget;
}

void ModelsPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    if (snapshot.models.empty() && snapshot.registered.empty() && !runsAreShown() && !onEnvironments()) {
        m_state->show(ScreenState::empty(tr("No models yet"), tr("Models come from the workspace file and from training: pick a data file and train once."), tr("Train"),
                                         [this] { context().open(QStringLiteral("train"), {}); }));
        return;
    }
    m_state->show(ScreenState::full());
    m_models->setRows(modelLines(snapshot, now()));
    if (m_model.isEmpty() || !m_models->find(m_model))
        m_model = m_models->rows().empty() ? QString() : m_models->rows().front().name;
    if (m_list->currentId() != m_model)
        m_list->choose(m_model);
    m_listCard->source()->setSource(tr("local"), snapshot.read, Freshness::Polled, 2);
    showModel();
    if (!m_wantedRequest.isEmpty() && request(m_wantedRequest))
        showSheet(std::exchange(m_wantedRequest, {}));
    else if (sheetIsShown() && request(m_request))
        m_sheet->setRequest(*request(m_request));
    Q_EMIT headerChanged();
}

void ModelsPanel::openAt(const QString &argument) {
    if (argument.startsWith(QLatin1String("run/"))) // no model's name has a stroke
        return showRuns(argument.mid(4));
    if (argument.startsWith(QLatin1String("environments/")))
        return openEnvironments();
    if (argument.startsWith(QLatin1String("history/")))
        return openHistory(argument.mid(8));
    if (argument.startsWith(QLatin1String("p-"))) {
        if (request(argument))
            showSheet(argument);
        else
            m_wantedRequest = argument;
        return;
    }
    if (argument.startsWith(QLatin1String("compare/")))
        return openCompare(argument.mid(8));
    closeSheet();
    const bool version = argument.startsWith(QLatin1String("version/"));
    const QString model = version ? argument.section(QLatin1Char('/'), 1, -2) : argument;
    m_wantedVersion = version ? argument.section(QLatin1Char('/'), -1) : QString();
    if (!model.isEmpty()) {
        m_model = model;
        m_list->choose(model);
        showModel();
    }
}

void ModelsPanel::closeSheet() {
    if (m_pages->currentIndex() == 0)
        return;
    if (compareIsShown() && m_fromRuns)
        return showRuns({});
    m_pages->setCurrentIndex(0);
    m_table->setFocus();
    if (m_snapshot.read.isValid())
        showSnapshot(fleet::Snapshot(m_snapshot)); // without a model the page says so
    Q_EMIT headerChanged();
}

QStringList ModelsPanel::path() const {
    return sheetIsShown() || compareIsShown() || onHistory() ? QStringList{title(), m_model} : QStringList{title()};
}

QString ModelsPanel::subject() const {
    const promotion::Request *r = request(m_request);
    if (onHistory())
        return tr("History");
    if (onEnvironments())
        return tr("Environments");
    if (runsAreShown())
        return m_runs->subject();
    if (compareIsShown())
        return tr("Compare runs");
    if (sheetIsShown() && r)
        return tr("Promote v%1 to %2").arg(r->version).arg(r->alias);
    return m_model.isEmpty() ? title() : m_model;
}

std::vector<HeaderBadge> ModelsPanel::badges() const { return {}; }

QString ModelsPanel::currentArgument(const QString &actionId) const {
    if (actionId == QLatin1String("models.compare") || actionId == QLatin1String("registry.history") || actionId == QLatin1String("registry.exportHistory"))
        return m_model;
    if (onHistory() && actionId.startsWith(QLatin1String("promotion.")))
        return chosenPromotion();
    if (onEnvironments())
        return environmentArgument(actionId);
    if (sheetIsShown())
        return m_request;
    if (runsAreShown())
        return {};
    const QString version = m_table->currentId();
    if (actionId == QLatin1String("promotion.request") || actionId == QLatin1String("explain.open"))
        return version.isEmpty() ? QString() : m_model + QLatin1Char('/') + version;
    if (actionId == QLatin1String("promotion.review"))
        for (const promotion::Request &r : m_snapshot.promotions)
            if (r.model == m_model && QString::number(r.version) == version)
                return r.id;
    return {};
}

QWidget *ModelsPanel::firstFocus() {
    if (onHistory())
        return historyFocus();
    if (onEnvironments())
        return environmentsFocus();
    if (compareIsShown())
        return m_together->firstFocus();
    return sheetIsShown() ? m_sheet->firstFocus() : runsAreShown() ? m_runs->firstFocus() : m_list;
}

} // namespace pilothouse::ui
