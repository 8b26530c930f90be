// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/drift/drift_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/confusion_view.h"
#include "widgets/base/folding_choice.h"
#include "widgets/base/export.h"
#include "widgets/base/format.h"
#include "widgets/base/plot.h"
#include "widgets/base/report_export.h"
#include "widgets/base/run_verb.h"
#include "widgets/base/table.h"
#include "widgets/base/write_gate.h"
#include "widgets/drift/accuracy_chart.h"
#include "widgets/drift/accuracy_why_card.h"
#include "widgets/drift/drift_models.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {
constexpr int sideWidth = 384, narrowSideWidth = 348, daysShown = 14;
} // namespace

DriftPanel::DriftPanel(const PanelContext &context, QWidget *parent) : Panel(QStringLiteral("drift"), tr("Drift"), context, parent), m_state(new PanelState) {
    addActions();
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(12, 12, 12, 12);
    auto *content = new QWidget;
    auto *row = new QHBoxLayout(content);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    auto *left = new QVBoxLayout;
    left->setSpacing(12);
    m_choice = new FoldingChoice(QStringLiteral("driftModel"), tr("Model"));
    connect(m_choice, &FoldingChoice::currentChanged, this, [this](const QString &id) {
        m_model = id;
        showModel();
        Q_EMIT headerChanged();
    });
    m_qualityCard = new Card(tr("Quality"));
    m_qualityCard->addLeftTool(m_choice);
    m_accuracy = new AccuracyChart(actions());
    connect(m_accuracy, &AccuracyChart::chosen, this, [this] {
        if (const fleet::ModelRow *m = this->row(m_model))
            showQuality(*m);
    });
    m_qualityCard->setBody(m_accuracy, 8);
    left->addWidget(m_qualityCard, 4);
    auto *below = new QHBoxLayout;
    below->setSpacing(12);
    m_features = new FeatureModel(this);
    m_sorted = new FilterProxy(this);
    m_sorted->setSourceModel(m_features);
    m_table = new Table;
    m_table->setObjectName(QStringLiteral("featureTable"));
    m_table->setAccessibleName(tr("Inputs against the training data"));
    m_table->setModel(m_sorted);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(FeatureModel::Psi, Qt::DescendingOrder);
    m_table->setItemDelegate(new StateDelegate(m_table));
    m_table->setItemDelegateForColumn(FeatureModel::Psi, new EffectDelegate(m_table));
    connect(m_table, &Table::chosen, this, [this] { showDistribution(); });
    connect(m_table, &Table::opened, this, [this] { (m_distributionCard->isVisible() ? static_cast<QWidget *>(m_distribution) : m_days)->setFocus(Qt::TabFocusReason); });
    m_featuresCard = new Card(tr("Features"));
    m_featuresCard->setBody(m_table);
    m_report = new Button(actions(), QStringLiteral("drift.report"), ButtonKind::Ghost);
    m_report->setObjectName(QStringLiteral("drift.report"));
    m_report->setWords(tr("Report…"));
    m_report->setPixelHeight(24);
    m_featuresCard->addTool(m_report);
    below->addWidget(m_featuresCard, 3);
    m_distributionCard = new Card(tr("Distribution"));
    m_distribution = new PlotWidget;
    m_distribution->setObjectName(QStringLiteral("distributionPlot"));
    m_distributionCard->setBody(m_distribution, 8);
    m_distributionCard->addTool(new Legend({{tr("training"), &Tokens::s1, false}, {tr("asked"), &Tokens::s2, false}}));
    m_lower = new SegmentedControl;
    m_lower->setObjectName(QStringLiteral("driftLower"));
    m_lower->setAccessibleName(tr("What stands beside the features"));
    m_lower->setSegments({{QStringLiteral("distribution"), tr("Distribution"), State::None}, {QStringLiteral("days"), tr("By day"), State::None}});
    m_lower->setCurrent(QStringLiteral("distribution"));
    connect(m_lower, &SegmentedControl::currentChanged, this, &DriftPanel::showLower);
    m_daysCard = new Card(tr("PSI by day"));
    m_days = new HeatMap;
    m_days->setObjectName(QStringLiteral("driftDays"));
    m_days->setAccessibleName(tr("PSI of each input by day"));
    connect(m_days, &HeatMap::chosen, this, [this](int at, int) {
        if (at < int(m_dayColumns.size()))
            m_table->choose(m_dayColumns[std::size_t(at)]);
    });
    m_daysCard->setBody(m_days, 8);
    addDayExport();
    auto *beside = new QVBoxLayout;
    beside->setSpacing(12);
    beside->addWidget(m_lower, 0, Qt::AlignLeft);
    beside->addWidget(m_distributionCard, 1);
    beside->addWidget(m_daysCard, 1);
    below->addLayout(beside, 2);
    left->addLayout(below, 5);
    row->addLayout(left, 1);
    row->addWidget(buildPolicy());
    m_state->setContent(content);
    outer->addWidget(m_state);
}

QWidget *DriftPanel::buildPolicy() {
    m_side = new QWidget;
    m_side->setFixedWidth(sideWidth);
    auto *column = new QVBoxLayout(m_side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    m_policyCard = new Card(tr("Why, and what the policy says"));
    m_editPolicy = new Button(actions(), QStringLiteral("policy.edit"), ButtonKind::Plain);
    m_editPolicy->setObjectName(QStringLiteral("driftEditPolicy"));
    m_editPolicy->setWords(tr("Edit…"));
    m_policyCard->addTool(m_editPolicy);
    auto *body = new QWidget;
    auto *inner = new QVBoxLayout(body);
    inner->setContentsMargins(0, 12, 0, 12);
    inner->setSpacing(8);
    m_summary = new Label({}, TextRole::Body, &Tokens::t2);
    m_summary->setObjectName(QStringLiteral("driftSummary"));
    m_summary->setWordWrap(true);
    m_summary->setContentsMargins(12, 0, 12, 0);
    inner->addWidget(m_summary);
    m_reason = new Label({}, TextRole::Strong);
    m_reason->setObjectName(QStringLiteral("policyReason"));
    m_reason->setWordWrap(true);
    m_reason->setContentsMargins(12, 0, 12, 0);
    inner->addWidget(m_reason);
    m_rules = new RuleModel(this);
    auto *rules = new Table;
    rules->setObjectName(QStringLiteral("ruleTable"));
    rules->setAccessibleName(tr("Rules of the policy with the numbers they saw"));
    rules->setModel(m_rules);
    rules->horizontalHeader()->hide();
    rules->setItemDelegate(new GateDelegate(rules));
    inner->addWidget(rules, 1);
    m_ruleTable = rules;
    m_next = new Label({}, TextRole::Second, &Tokens::t3);
    m_next->setWordWrap(true);
    m_next->setContentsMargins(12, 0, 12, 0);
    inner->addWidget(m_next);
    auto *buttons = new QHBoxLayout;
    buttons->setContentsMargins(12, 0, 12, 0);
    buttons->setSpacing(6);
    for (const auto &[id, kind] : {std::pair{"retrain.run", ButtonKind::Primary}, std::pair{"retrain.check", ButtonKind::Plain}, std::pair{"retrain.switch", ButtonKind::Plain}}) {
        auto *button = new Button(actions(), QLatin1String(id), kind);
        button->setObjectName(QLatin1String(id));
        buttons->addWidget(button);
        m_buttons.push_back(button);
    }
    buttons->addStretch(1);
    inner->addLayout(buttons);
    m_policyCard->setBody(body);
    column->addWidget(m_policyCard, 3);
    m_decisions = new PolicyLogModel(this);
    auto *log = new Table;
    log->setObjectName(QStringLiteral("decisionTable"));
    log->setAccessibleName(tr("Decisions of the policy"));
    log->setModel(m_decisions);
    log->setItemDelegate(new StateDelegate(log));
    m_logCard = new Card(tr("Decisions"));
    m_logCard->setBody(log);
    column->addWidget(m_logCard, 2);
    m_why = new AccuracyWhyCard;
    m_why->setObjectName(QStringLiteral("accuracyWhy"));
    m_why->hide();
    connect(m_why, &AccuracyWhyCard::closed, this, &DriftPanel::closeWhy);
    connect(m_why, &AccuracyWhyCard::causeChosen, this, [this](const QString &feature) { m_table->choose(feature); });
    column->addWidget(m_why, 5);
    return m_side;
}

void DriftPanel::addActions() {
    const auto add = [this](const QString &actionId, const QString &text, const QString &icon, std::function<void(const QString &)> body) {
        ActionSpec spec;
        spec.id = actionId;
        spec.text = text;
        spec.icon = icon;
        spec.section = tr("Commands");
        spec.panel = id();
        spec.blocked = [this](const QString &model) {
            if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Operator); !low.isEmpty())
                return low;
            return row(model) ? QString() : tr("Choose a model first.");
        };
        spec.targets = [this, text] {
            std::vector<ActionTarget> out;
            for (const fleet::ModelRow &m : m_snapshot.models)
                out.push_back({m.name, text + QLatin1Char(' ') + m.name, {}});
            return out;
        };
        spec.gate = [this](const QString &model) { return writeGate(context(), "retrain", QStringLiteral("model ") + model); };
        spec.run = [body](const QString &model, const QString &) { body(model); };
        actions().add(spec);
    };
    add(QStringLiteral("retrain.check"), tr("Check now"), QStringLiteral("refresh"), [this](const QString &model) {
        runVerb(context(), this, tr("Check the policy of %1").arg(model), model, {QStringLiteral("retrain"), QStringLiteral("check"), model}, tr("The policy of %1 has looked").arg(model));
    });
    add(QStringLiteral("retrain.run"), tr("Retrain"), QStringLiteral("train"), [this](const QString &model) {
        runVerb(context(), this, tr("Retrain %1").arg(model), model, {QStringLiteral("retrain"), QStringLiteral("run"), model}, tr("Retraining of %1 has started").arg(model),
                [this, model](const QJsonObject &) { context().open(QStringLiteral("pipelines"), model); });
    });
    add(QStringLiteral("retrain.switch"), tr("Switch automatic retraining"), QStringLiteral("refresh"), [this](const QString &model) {
        const fleet::ModelRow *m = row(model);
        const bool on = m && m->retrainEnabled;
        runVerb(context(), this, on ? tr("Switch off retraining of %1").arg(model) : tr("Switch on retraining of %1").arg(model), model,
                {QStringLiteral("retrain"), on ? QStringLiteral("disable") : QStringLiteral("enable"), model},
                on ? tr("%1 is no longer retrained by itself").arg(model) : tr("%1 is retrained by its policy").arg(model));
    });
    ActionSpec report;
    report.id = QStringLiteral("drift.report");
    report.text = tr("Save drift report…");
    report.icon = QStringLiteral("download");
    report.section = tr("Commands");
    report.panel = id();
    report.blocked = [this](const QString &model) {
        const fleet::ModelRow *m = row(model);
        return !m ? tr("Choose a model first.") : m->drift ? QString() : tr("Nothing was asked yet, so there is no drift to see.");
    };
    report.run = [this](const QString &model, const QString &) {
        if (const fleet::ModelRow *m = row(model); m && m->drift)
            exportReport(context(), this, tr("Save drift report"), QStringLiteral("drift-") + model, [drift = m->drift]() -> Result<QByteArray> { return drift::htmlReport(*drift); });
    };
    actions().add(report);
    ActionSpec show;
    show.id = QStringLiteral("drift.show");
    show.text = tr("Show drift");
    show.section = tr("Go to");
    show.targets = [this] {
        std::vector<ActionTarget> out;
        for (const fleet::ModelRow &m : m_snapshot.models)
            out.push_back({m.name, tr("Show drift of %1").arg(m.name), {}});
        return out;
    };
    show.run = [this](const QString &model, const QString &) { context().open(id(), model); };
    actions().add(show);
    addAccuracyActions();
    addEndpointPolicyActions();
}

const fleet::ModelRow *DriftPanel::row(const QString &model) const {
    const auto it = std::find_if(m_snapshot.models.begin(), m_snapshot.models.end(), [&](const auto &m) { return m.name == model; });
    return it == m_snapshot.models.end() ? nullptr : &*it;
}

void DriftPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    if (snapshot.models.empty()) {
        m_state->show(ScreenState::empty(tr("No models yet"), tr("What a served model is asked is compared with what it was trained on, here."), tr("Train"),
                                         [this] { context().open(QStringLiteral("train"), {}); }));
        return;
    }
    m_state->show(ScreenState::full());
    std::vector<SegmentedControl::Segment> segments;
    for (const fleet::ModelRow &m : snapshot.models)
        segments.push_back({m.name, m.name, m.quality.over() ? State::Bad : m.drift && m.drift->drifted ? State::Warn : State::None});
    m_choice->setSegments(std::move(segments));
    if (!row(m_model))
        m_model = snapshot.models.front().name;
    m_choice->setCurrent(m_model);
    showModel();
    Q_EMIT headerChanged();
}

void DriftPanel::showModel() {
    const fleet::ModelRow *m = row(m_model);
    if (!m)
        return;
    if (m_askedWhy != m->name)
        closeWhy();
    showQuality(*m);
    showFeatures(*m);
    readDays(*m);
    showPolicy(*m);
    m_report->setArgument(m_model);
    m_editPolicy->setArgument(m_model);
    m_report->refresh();
    for (Button *button : m_buttons) {
        button->setArgument(m_model);
        button->refresh();
    }
}

void DriftPanel::showQuality(const fleet::ModelRow &m) {
    const fleet::Quality &q = m.quality;
    m_accuracy->setModel(m.name);
    m_qualityCard->setTitle(q.metric.isEmpty() ? tr("Quality") : metricName(q.metric));
    m_qualityCard->source()->setSource(m.seen.source, m.seen.time, Freshness::Polled, 2);
    m_qualityCard->setSubtitle(q.note.isEmpty() ? tr("%1 labelled rows").arg(count(q.labelledRows)) : q.note);
    readAccuracy(m);
    if (!m_viewOf.isEmpty() && m_viewOf == m_readingOf) {
        showAccuracy(m);
        return;
    }
    if (q.series.empty()) {
        m_qualityCard->showState(ScreenState::empty(tr("No labels yet"), q.note.isEmpty() ? tr("The error is known once labels reach the endpoint (POST /labels).") : q.note));
        return;
    }
    m_qualityCard->showState(ScreenState::full());
    PlotData data;
    data.time = true;
    data.unit = q.unit;
    data.sentence = tr("%1 of %2 over time, %3 now").arg(metricName(q.metric), m.name, q.value ? number(*q.value) : tr("none"));
    PlotSeries series;
    series.name = metricName(q.metric);
    for (const auto &[time, value] : q.series)
        series.points.emplace_back(double(time.toMSecsSinceEpoch()) / 1000, value);
    data.series = {series};
    if (series.points.size() < 3) { // a line of one point is not seen
        data.series.push_back(series);
        data.series.back().dots = true;
    }
    for (const auto &limit : {q.max, q.min})
        if (limit)
            data.limits.push_back({*limit, tr("limit %1").arg(number(*limit)), &Tokens::warn});
    for (const cluster::Revision &revision : m.revisions)
        if (!q.series.empty() && revision.when >= q.series.front().first)
            data.markers.push_back({double(revision.when.toMSecsSinceEpoch()) / 1000, QStringLiteral("v%1").arg(revision.version), &Tokens::t3});
    m_accuracy->showPlot(std::move(data), !m_readingOf.isEmpty());
}

void DriftPanel::showFeatures(const fleet::ModelRow &m) {
    if (!m.drift) {
        m_featuresCard->showState(ScreenState::empty(tr("Nothing asked yet"), tr("Each input is compared with the training data once the endpoint is asked.")));
        m_distributionCard->showState(ScreenState::empty(tr("No distribution yet"), {}));
        m_featuresCard->setSubtitle({});
        return;
    }
    m_featuresCard->showState(ScreenState::full());
    m_distributionCard->showState(ScreenState::full());
    const QString chosen = m_table->currentId();
    m_features->setRows(m.drift->columns);
    m_featuresCard->setSubtitle(tr("effect size decides, %1 rows vs %2").arg(count(qint64(m.drift->currentRows)), count(qint64(m.drift->referenceRows))));
    m_featuresCard->source()->setSource(m.seen.source, m.seen.time, Freshness::Local, 2);
    if ((chosen.isEmpty() || !m_features->find(chosen)) && m_sorted->rowCount())
        m_table->choose(m_sorted->index(0, 0).data(IdRole).toString());
    showDistribution();
}

void DriftPanel::showDistribution() {
    const drift::ColumnDrift *column = m_features->find(m_table->currentId());
    if (!column)
        return;
    m_distributionCard->setTitle(column->name);
    m_distribution->setData(distributionPlot(*column));
}

/// Again each hour, and where another version answers: days that are over do not change, the newest does slowly.
void DriftPanel::readDays(const fleet::ModelRow &m) {
    const std::optional<int> version = m.servedVersion ? m.servedVersion : m.liveVersion;
    const workspace::Model *model = context().fleet ? context().fleet->services()->workspace.model(m.name) : nullptr;
    if (!version || !model) {
        m_daysCard->showState(ScreenState::empty(tr("No days yet"), tr("Each day of what the endpoint is asked is compared with the training data here.")));
        return;
    }
    const QString of = QStringLiteral("%1 %2 %3").arg(m.name).arg(*version).arg(now().toSecsSinceEpoch() / 3600);
    if (of == m_daysOf)
        return;
    if (m_daysOf.section(QLatin1Char(' '), 0, 1) != of.section(QLatin1Char(' '), 0, 1))
        m_daysCard->showState(ScreenState::loading());
    m_daysOf = of;
    m_readingDays = startTask<fleet::DriftDays>(context().fleet->pools().waiting, [services = context().fleet->services(), model = *model, version = *version, now = now()](std::stop_token stop) {
        return fleet::driftByDay(*services, model, version, daysShown, now, stop);
    });
    deliver(m_readingDays, this, [this, of](const Result<fleet::DriftDays> &days) {
        if (of == m_daysOf)
            showDays(days);
    });
}

void DriftPanel::showDays(const Result<fleet::DriftDays> &days) {
    if (!days || days->empty()) {
        const bool nothing = days || days.error().kind == ErrorKind::NotFound;
        m_daysCard->showState(nothing ? ScreenState::empty(tr("No days yet"), days ? tr("Each day of what the endpoint is asked is compared with the training data here.") : days.error().text())
                                      : ScreenState::failed(days.error()));
        m_daysCard->setSubtitle({});
        m_dayValues.reset();
        m_saveDays->refreshMenu();
        return;
    }
    m_daysCard->showState(ScreenState::full());
    m_dayColumns = days->columns;
    m_dayValues = std::make_shared<const fleet::DriftDays>(*days);
    m_saveDays->refreshMenu();
    double most = drift::psiDrifted;
    for (const std::vector<double> &row : days->effect)
        for (const double value : row)
            if (!std::isnan(value))
                most = std::max(most, value);
    std::vector<QString> names;
    for (const QDate &day : days->days)
        names.push_back(QLocale().toString(day, QStringLiteral("d MMM")));
    m_daysCard->setSubtitle(tr("0 to %1, dot from %2; hatched: too few rows").arg(number(most, 2), number(drift::psiDrifted, 2)));
    m_days->setValues(days->columns, std::move(names), days->effect, drift::psiDrifted, most);
}

/// Both lower cards where there is room, else the chosen one.
void DriftPanel::showLower() {
    const bool room = height() >= theme().px(720);
    m_lower->setVisible(!room);
    m_distributionCard->setVisible(room || m_lower->current() == QLatin1String("distribution"));
    m_daysCard->setVisible(room || m_lower->current() == QLatin1String("days"));
}

void DriftPanel::showPolicy(const fleet::ModelRow &m) {
    std::vector<retrain::Decision> decisions;
    for (const retrain::Decision &d : m_snapshot.decisions)
        if (d.model == m.name)
            decisions.push_back(d);
    m_decisions->setNow(now());
    m_decisions->setRows(decisions);
    m_logCard->showState(decisions.empty() ? ScreenState::empty(tr("No decision yet"), tr("Every look of the policy is kept, also when it skips. Check now makes the first.")) : ScreenState::full());
    m_summary->setText(summary(m));
    m_ruleTable->setVisible(!decisions.empty());
    m_buttons.back()->setWords(m.retrainEnabled ? tr("Switch off") : tr("Switch on"));
    m_policyCard->setSubtitle(m.retrainEnabled ? tr("automatic") : tr("switched off"));
    if (decisions.empty()) {
        m_policyCard->source()->clear();
        m_reason->setText(tr("The policy has not looked yet. Check now to see its rules and numbers."));
        m_rules->setRows({});
        m_next->clear();
    }
    m_next->setVisible(!decisions.empty());
    layoutPolicy();
    if (decisions.empty())
        return;
    const retrain::Decision &last = decisions.front();
    m_policyCard->source()->setSource(tr("local"), last.time, Freshness::Local);
    m_reason->setText(last.reason);
    m_rules->setRows(last.rules);
    QStringList notes;
    if (last.nextAllowed && *last.nextAllowed > now())
        notes << tr("Next retrain allowed %1.").arg(moment(*last.nextAllowed, now()));
    notes << last.notes;
    m_next->setText(notes.join(QLatin1Char(' ')));
    layoutPolicy();
}

/// What moved and whether it hurts, from the numbers on this screen.
QString DriftPanel::summary(const fleet::ModelRow &m) const {
    QStringList sentences;
    std::vector<const drift::ColumnDrift *> inputs, answers;
    if (m.drift)
        for (const drift::ColumnDrift &column : m.drift->columns)
            (column.role.isEmpty() ? inputs : answers).push_back(&column);
    if (!inputs.empty()) {
        const auto drifted = std::count_if(inputs.begin(), inputs.end(), [](const auto *c) { return c->drifted; });
        const drift::ColumnDrift *const most = *std::max_element(inputs.begin(), inputs.end(), [](const auto *a, const auto *b) { return a->effect < b->effect; });
        const QString shift = shiftWords(*most);
        const QString figures = tr("PSI %1").arg(fixed(most->effect, 2)) + (shift.isEmpty() ? QString() : QStringLiteral(", ") + shift);
        sentences << (drifted ? tr("%1 of %2 inputs drifted, %3 most (%4).").arg(drifted).arg(inputs.size()).arg(most->name, figures)
                              : tr("No input drifted; %1 moved most (%2).").arg(most->name, figures));
        for (const drift::ColumnDrift *column : answers)
            if (column->drifted || column->warning)
                sentences << (column->role == QLatin1String("prediction") ? tr("What it answers moved (%1, PSI %2).") : tr("The true values moved (%1, PSI %2).")).arg(column->name, fixed(column->effect, 2));
    } else {
        sentences << tr("Nothing was asked yet, so there is no drift to see.");
    }
    const fleet::Quality &q = m.quality;
    if (q.value && (q.max || q.min)) {
        const QString value = number(*q.value) + (q.unit.isEmpty() ? QString() : QLatin1Char(' ') + q.unit), limit = limitText(q.min, q.max);
        sentences << (q.over() ? tr("%1 is %2 and breaks its limit %3.") : tr("%1 is %2 and keeps its limit %3.")).arg(metricName(q.metric), value, limit);
    }
    return sentences.join(QLatin1Char(' '));
}

/// Wrapped sentences keep their height, and without rules the card is as tall as they are: no hole where the rules will be.
void DriftPanel::layoutPolicy() {
    const int wide = m_side->width() - 2;
    int tall = theme().px(36) + 12 + 12 + theme().px(28) + 8 + 2;
    for (Label *label : {m_summary, m_reason, m_next}) {
        if (label->isHidden())
            continue;
        const int height = label->heightForWidth(wide);
        label->setMinimumHeight(qMax(0, height));
        tall += height + 8;
    }
    m_policyCard->setMaximumHeight(m_ruleTable->isHidden() ? tall : QWIDGETSIZE_MAX);
}

void DriftPanel::resizeEvent(QResizeEvent *event) {
    Panel::resizeEvent(event);
    layoutForSize();
    showLower();
}

void DriftPanel::layoutForSize() {
    const bool narrow = width() < theme().px(1280 - 72);
    m_side->setFixedWidth(theme().px(narrow ? narrowSideWidth : sideWidth));
    m_report->setVisible(!narrow); // the palette has it
    m_featuresCard->source()->setVisible(!narrow && m_featuresCard->state()->kind() == ScreenState::Full);
    if (const fleet::ModelRow *m = row(m_model))
        showPolicy(*m); // its height depends on the width
}

void DriftPanel::openAt(const QString &argument) {
    if (argument.isEmpty())
        return;
    m_model = argument;
    m_choice->setCurrent(argument);
    showModel();
}

QWidget *DriftPanel::firstFocus() { return m_table->isVisibleTo(this) ? static_cast<QWidget *>(m_table) : m_choice->shown(); }

void DriftPanel::keyPressEvent(QKeyEvent *event) {
    if (event->key() == Qt::Key_Escape && focusWidget() != firstFocus())
        return firstFocus()->setFocus(Qt::TabFocusReason);
    Panel::keyPressEvent(event);
}

std::vector<HeaderBadge> DriftPanel::badges() const {
    std::vector<HeaderBadge> out;
    const fleet::ModelRow *m = row(m_model);
    if (!m)
        return out;
    if (m->quality.over())
        out.push_back({State::Bad, tr("%1 %2 over limit").arg(metricName(m->quality.metric), number(m->quality.value.value_or(0)))});
    if (m->worstPsi && *m->worstPsi >= drift::psiDrifted)
        out.push_back({State::Bad, tr("Drift high, %1").arg(m->worstColumn)});
    return out;
}

} // namespace pilothouse::ui
