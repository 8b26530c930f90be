// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/promotion/promotion_sheet.h"

#include "core/fleet/model_place.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/confusion_view.h"
#include "widgets/base/format.h"
#include "widgets/base/plan_view.h"
#include "widgets/base/plot.h"
#include "widgets/base/table.h"
#include "widgets/promotion/card_model.h"
#include "widgets/promotion/comparison_model.h"
#include "widgets/promotion/slice_model.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int decideWidth = 392;

QVBoxLayout *column(QWidget *widget, int spacing) {
    auto *layout = new QVBoxLayout(widget);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing);
    return layout;
}

Label *heading(const QString &text) { return new Label(text, TextRole::Title); }

State stateOfRequest(promotion::RequestState state) {
    switch (state) {
    case promotion::RequestState::Pending: return State::Paused;
    case promotion::RequestState::Executing: return State::Running;
    case promotion::RequestState::Done: return State::Ok;
    case promotion::RequestState::Failed:
    case promotion::RequestState::TurnedBack: return State::Bad;
    case promotion::RequestState::Rejected:
    case promotion::RequestState::Undone: break;
    }
    return State::Skipped;
}

using Standing = promotion::Approval::Standing;

/// "5 days", "3 h", "20 min": how long it still counts.
QString remaining(const QDateTime &until, const QDateTime &now) {
    const qint64 minutes = std::max<qint64>(1, now.secsTo(until) / 60);
    if (minutes >= 2 * 24 * 60)
        return PromotionSheet::tr("%n days", nullptr, int(minutes / (24 * 60)));
    return minutes >= 2 * 60 ? PromotionSheet::tr("%1 h").arg(minutes / 60) : PromotionSheet::tr("%1 min").arg(minutes);
}

/// What an approval is worth, after who said what.
QString standingText(const promotion::Approval &a, bool pending, const QDateTime &now) {
    if (a.standing == Standing::Void)
        return PromotionSheet::tr("void: %1").arg(a.reason);
    const QString word = a.standing == Standing::Signed ? PromotionSheet::tr("signed, valid") : PromotionSheet::tr("not signed");
    return pending && a.approved && a.expires.isValid() ? PromotionSheet::tr("%1, expires in %2").arg(word, remaining(a.expires, now)) : word;
}

} // namespace

PromotionSheet::PromotionSheet(const PanelContext &context, QWidget *parent) : QWidget(parent), m_context(context) {
    setObjectName(QStringLiteral("promotionSheet"));
    auto *outer = column(this, 12);
    outer->addWidget(buildBanner());
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus); // its tables are the stops
    auto *evidence = new QWidget;
    m_columns = new QBoxLayout(QBoxLayout::LeftToRight, evidence);
    m_columns->setContentsMargins(0, 0, 0, 0);
    m_columns->setSpacing(12);
    m_columns->addWidget(buildMetrics(), 2);
    scroll->setAccessibleName(m_metricsCard->title());
    m_columns->addWidget(buildError(), 1);
    scroll->setWidget(evidence);
    row->addWidget(scroll, 1);
    row->addWidget(buildDecide());
    outer->addLayout(row, 1);
}

QWidget *PromotionSheet::buildBanner() {
    auto *card = new Card;
    auto *body = new QWidget;
    auto *row = new QHBoxLayout(body);
    row->setContentsMargins(12, 8, 12, 8);
    row->setSpacing(12);
    m_badge = new StateBadge;
    m_asked = new Label({}, TextRole::Body, &Tokens::t2);
    m_asked->setElide(Qt::ElideMiddle); // it ends in an id
    m_sentence = new Label({}, TextRole::Strong);
    m_sentence->setElide(Qt::ElideRight);
    m_sentence->setObjectName(QStringLiteral("evidenceSentence"));
    row->addWidget(m_badge);
    row->addWidget(m_asked);
    row->addWidget(m_sentence, 1);
    m_copy = new Button(*m_context.actions, QStringLiteral("promotion.copy"));
    row->addWidget(m_copy);
    m_report = new Button(*m_context.actions, QStringLiteral("promotion.export"));
    m_report->setObjectName(QStringLiteral("exportEvidence"));
    row->addWidget(m_report);
    card->setBody(body);
    return card;
}

QWidget *PromotionSheet::buildMetrics() {
    auto *widget = new QWidget;
    auto *layout = column(widget, 12);
    m_metricsCard = new Card(tr("Both models, scored again on the same rows"));
    m_comparison = new ComparisonModel(this);
    auto *table = new Table;
    table->setObjectName(QStringLiteral("comparisonTable"));
    table->setAccessibleName(tr("Metrics of both models on the same rows"));
    table->setModel(m_comparison);
    table->setItemDelegate(new StateDelegate(table));
    table->setItemDelegateForColumn(ComparisonModel::Forest, new ForestDelegate(*m_comparison, table));
    m_metricsCard->setBody(table);
    m_table = table;
    layout->addWidget(m_metricsCard, 3);
    m_gatesCard = new Card(tr("Gates"));
    m_gates = new GateModel(this);
    auto *gates = new Table;
    gates->setObjectName(QStringLiteral("gateTable"));
    gates->setAccessibleName(tr("Gates of this promotion"));
    gates->setModel(m_gates);
    gates->horizontalHeader()->hide();
    gates->setItemDelegate(new GateDelegate(gates));
    m_gatesCard->setBody(gates);
    layout->addWidget(m_gatesCard, 3);
    m_slicesCard = new Card(tr("Slices"));
    m_slices = new SliceModel(this);
    auto *slices = new Table;
    slices->setObjectName(QStringLiteral("sliceTable"));
    slices->setAccessibleName(tr("Both models in groups of the rows"));
    slices->setModel(m_slices);
    slices->setItemDelegate(new StateDelegate(slices));
    m_slicesCard->setBody(slices);
    layout->addWidget(m_slicesCard, 2);
    m_cardCard = new Card(tr("Model card"));
    m_card = new CardModel(this);
    auto *card = new Table;
    card->setObjectName(QStringLiteral("cardTable"));
    card->setAccessibleName(tr("What differs between the model cards"));
    card->setRowHeight(Table::Compact);
    card->setModel(m_card);
    card->horizontalHeader()->hide();
    card->setItemDelegate(new StateDelegate(card));
    m_cardCard->setBody(card);
    layout->addWidget(m_cardCard, 2);
    return widget;
}

QWidget *PromotionSheet::buildError() {
    auto *widget = new QWidget;
    auto *layout = column(widget, 12);
    m_errorCard = new Card(tr("Error"));
    m_density = new PlotWidget;
    m_density->setObjectName(QStringLiteral("residualPlot"));
    m_errorCard->setBody(m_density, 8);
    m_legend = new Legend;
    m_errorCard->addTool(m_legend);
    layout->addWidget(m_errorCard, 1);
    m_shapeCard = new Card(tr("Row share in %"));
    auto *body = new QWidget;
    auto *both = new QVBoxLayout(body);
    m_championConfusion = new ConfusionView;
    m_candidateConfusion = new ConfusionView;
    both->addWidget(m_championConfusion);
    both->addWidget(m_candidateConfusion);
    both->addStretch(1);
    m_shapeCard->setBody(body);
    layout->addWidget(m_shapeCard, 2);
    return widget;
}

QWidget *PromotionSheet::buildDecide() {
    m_decideCard = new Card(tr("Decide"));
    m_decideCard->setFixedWidth(Theme::of(this).px(decideWidth));
    auto *body = new QWidget;
    auto *outer = column(body, 0);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(m_decideCard->title());
    auto *inner = new QWidget;
    auto *top = new QVBoxLayout(inner);
    top->setContentsMargins(12, 12, 12, 12);
    top->setSpacing(8);
    top->addWidget(heading(tr("Where it comes from")));
    m_lineage = new KeyValues;
    top->addWidget(m_lineage);
    top->addWidget(new HairLine);
    m_planHeading = heading(tr("What approving will do"));
    top->addWidget(m_planHeading);
    m_planNote = new Label({}, TextRole::Second, &Tokens::t3);
    m_planNote->setWordWrap(true);
    top->addWidget(m_planNote);
    m_plan = new PlanView;
    m_plan->setObjectName(QStringLiteral("promotionPlan"));
    top->addWidget(m_plan);
    top->addWidget(new HairLine);
    top->addWidget(heading(tr("Undo")));
    m_undoText = new Label({}, TextRole::Second, &Tokens::t2);
    m_undoText->setWordWrap(true);
    top->addWidget(m_undoText);
    top->addWidget(new HairLine);
    top->addWidget(heading(tr("Approvals")));
    m_rule = new Label({}, TextRole::Second, &Tokens::t3);
    m_rule->setWordWrap(true);
    m_rule->setObjectName(QStringLiteral("approvalRule"));
    top->addWidget(m_rule);
    m_approvals = new QVBoxLayout;
    m_approvals->setSpacing(4);
    top->addLayout(m_approvals);
    top->addStretch(1);
    scroll->setWidget(inner);
    inner->setAutoFillBackground(false); // the card's own ground, not the window's
    scroll->viewport()->setAutoFillBackground(false);
    outer->addWidget(scroll, 1);

    auto *foot = new QWidget; // never scrolls out of sight
    auto *bottom = new QVBoxLayout(foot);
    bottom->setContentsMargins(12, 8, 12, 12);
    bottom->setSpacing(8);
    m_commentLabel = new Label(tr("Comment, kept with the decision"), TextRole::Label, &Tokens::t2);
    m_comment = new QPlainTextEdit;
    m_comment->setObjectName(QStringLiteral("promotionComment"));
    m_comment->setAccessibleName(m_commentLabel->text());
    m_comment->setTabChangesFocus(true);
    m_comment->setFixedHeight(52);
    m_commentLabel->setBuddy(m_comment);
    connect(m_comment, &QPlainTextEdit::textChanged, this, &PromotionSheet::showButtons);
    bottom->addWidget(m_commentLabel);
    bottom->addWidget(m_comment);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    m_approve = new Button(*m_context.actions, QStringLiteral("promotion.approve"), ButtonKind::Primary);
    m_approve->setObjectName(QStringLiteral("approveButton"));
    m_approve->setPixelHeight(32);
    m_reject = new Button(*m_context.actions, QStringLiteral("promotion.reject"), ButtonKind::Danger);
    m_reject->setObjectName(QStringLiteral("rejectButton"));
    m_reject->setPixelHeight(32);
    m_undo = new Button(*m_context.actions, QStringLiteral("promotion.undo"));
    m_undo->setObjectName(QStringLiteral("undoButton"));
    m_undo->setPixelHeight(32);
    buttons->addWidget(m_approve, 1);
    buttons->addWidget(m_reject);
    buttons->addWidget(m_undo);
    bottom->addLayout(buttons);
    m_note = new Label({}, TextRole::Caption, &Tokens::t3);
    m_note->setWordWrap(true);
    bottom->addWidget(m_note);
    outer->addWidget(new HairLine);
    outer->addWidget(foot);
    m_decideCard->setBody(body);
    return m_decideCard;
}

void PromotionSheet::setRequest(const promotion::Request &request) {
    const bool other = !m_request || m_request->id != request.id;
    m_request = request;
    if (other) {
        m_comment->clear();
        m_planFor.clear();
    }
    showEvidence();
    showBanner();
    showLineage();
    showApprovals();
    showButtons();
    readPlan();
}

void PromotionSheet::setEvidence(const promotion::Evidence &evidence, const QString &asked) {
    m_request.emplace();
    m_request->evidence = evidence;
    for (QWidget *part : std::initializer_list<QWidget *>{m_decideCard, m_copy, m_report})
        part->hide();
    showEvidence();
    m_badge->setState(evidence.blocked() ? State::Bad : State::Ok, evidence.blocked() ? tr("A gate blocks") : tr("No gate blocks"));
    m_asked->setText(asked);
    m_sentence->setText(evidence.sentence);
    m_sentence->setToolTip(evidence.disagreement);
}

void PromotionSheet::showEvidence() {
    const promotion::Evidence &e = m_request->evidence;
    m_comparison->setEvidence(e);
    m_metricsCard->setSubtitle(tr("%1 rows", nullptr, int(e.rows)).arg(count(qint64(e.rows))) +
                               (e.excludedRows ? tr(", %1 left out: the champion was trained on them").arg(count(qint64(e.excludedRows))) : QString()));
    m_metricsCard->source()->setSource(tr("local, %1").arg(runTime(e.seconds)), e.computed, Freshness::Local);
    m_gates->setRows(e.gates);
    m_gatesCard->setSubtitle(m_gates->summary());
    m_slices->setRows(e.slices);
    m_slicesCard->setTitle(tr("%1 by slice").arg(metricName(e.selectMetric)));
    m_slicesCard->setSubtitle(m_slices->summary());
    m_slicesCard->setVisible(!e.slices.empty());
    m_card->setRows(e.cardDiff);
    m_cardCard->setSubtitle(m_card->summary());
    m_cardCard->setVisible(!e.cardDiff.empty());
    showError();
}

void PromotionSheet::showBanner() {
    const promotion::Request &r = *m_request;
    const QString word = r.state == promotion::RequestState::Pending ? tr("Waiting, %1 of %2 approvals").arg(r.approved()).arg(r.approvalsNeeded)
                                                                     : promotion::requestStateName(r.state);
    m_badge->setState(stateOfRequest(r.state), word);
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    m_asked->setText(tr("Asked by %1, %2 ago").arg(r.requester, age(r.created, now)));
    m_sentence->setText(r.evidence.sentence.isEmpty() ? r.outcome : r.evidence.sentence); // what came of it stands beside the plan
    m_sentence->setToolTip(r.evidence.disagreement); // what the elided end would say
}

void PromotionSheet::showError() {
    const promotion::Evidence &e = m_request->evidence;
    const bool classes = !e.classes.empty();
    m_errorCard->setVisible(!classes || !e.candidateCalibration.empty());
    m_shapeCard->setVisible(classes);
    const QString champion = e.championVersion ? tr("v%1").arg(*e.championVersion) : tr("baseline");
    const QString candidate = tr("v%1").arg(e.candidateVersion);
    if (classes) {
        m_championConfusion->setMatrix(tr("Champion %1").arg(champion), e.classes, e.championConfusion, &Tokens::s1);
        m_candidateConfusion->setMatrix(tr("Candidate %1").arg(candidate), e.classes, e.candidateConfusion, &Tokens::s2);
        if (e.classes.size() == 2)
            showCalibration(champion, candidate);
        return;
    }
    PlotData data;
    data.unit = tr("density");
    data.xName = tr("predicted minus true");
    data.sentence = tr("Distribution of the error of both models: %1").arg(e.sentence);
    QStringList means;
    const auto series = [&](const QString &name, Ink ink, const std::vector<double> &density) {
        PlotSeries s;
        s.name = name;
        s.ink = ink;
        s.filled = true;
        double weight = 0, sum = 0;
        for (std::size_t i = 0; i < density.size() && i + 1 < e.residualEdges.size(); ++i) {
            const double middle = (e.residualEdges[i] + e.residualEdges[i + 1]) / 2, share = density[i] * (e.residualEdges[i + 1] - e.residualEdges[i]);
            s.points.emplace_back(middle, density[i]);
            weight += share;
            sum += middle * share;
        }
        if (weight > 0) { // named in the header: on the chart two close means would write over each other
            data.markers.push_back({sum / weight, QString(), ink});
            means << tr("mean %1 %2").arg(name, number(sum / weight, 2, true));
        }
        data.series.push_back(std::move(s));
    };
    series(champion, &Tokens::s1, e.championResiduals);
    series(candidate, &Tokens::s2, e.candidateResiduals);
    m_density->setData(std::move(data));
    m_legend->setEntries({{champion, &Tokens::s1, false}, {candidate, &Tokens::s2, false}});
    const QString unit = e.metrics.empty() ? QString() : e.metrics.front().unit;
    m_errorCard->setTitle(unit.isEmpty() ? tr("Error") : tr("Error, %1").arg(unit));
    const bool several = std::any_of(e.metrics.begin(), e.metrics.end(), [](const auto &m) { return m.metric.contains(QLatin1Char('@')); });
    m_errorCard->setSubtitle(several ? tr("several targets: their errors have different units") : means.join(QStringLiteral(", ")));
}

/// How often the second class came where each model gave it such a probability; on the diagonal the probabilities are true.
void PromotionSheet::showCalibration(const QString &champion, const QString &candidate) {
    const promotion::Evidence &e = m_request->evidence;
    PlotData data;
    data.unit = tr("share of “%1”").arg(e.classes[1]);
    data.xName = tr("probability of “%1”").arg(e.classes[1]);
    data.sentence = tr("Calibration of both models: how often “%1” came by the probability that was given for it").arg(e.classes[1]);
    data.xMin = data.yMin = 0;
    data.xMax = data.yMax = 1;
    PlotSeries ideal;
    ideal.name = tr("calibrated");
    ideal.ink = &Tokens::t3;
    ideal.dashed = true;
    ideal.width = 1;
    ideal.points = {{0, 0}, {1, 1}};
    data.series.push_back(std::move(ideal));
    const auto series = [&](const QString &name, Ink ink, const std::vector<metrics::CalibrationBin> &bins) {
        PlotSeries s;
        s.name = name;
        s.ink = ink;
        s.dots = bins.size() == 1; // one and the same probability everywhere
        for (const metrics::CalibrationBin &bin : bins)
            s.points.emplace_back(bin.predicted, bin.observed);
        data.series.push_back(std::move(s));
    };
    series(champion, &Tokens::s1, e.championCalibration);
    series(candidate, &Tokens::s2, e.candidateCalibration);
    m_density->setData(std::move(data));
    m_legend->setEntries({{champion, &Tokens::s1, false}, {candidate, &Tokens::s2, false}});
    m_errorCard->setTitle(tr("Calibration"));
    m_errorCard->setSubtitle({});
}

void PromotionSheet::showLineage() {
    const QJsonObject &l = m_request->evidence.lineage;
    const auto text = [&](const char *key) { return l.value(QLatin1String(key)).toVariant().toString(); };
    std::vector<KeyValues::Row> rows;
    rows.push_back({tr("Data"), m_request->evidence.rowsFrom});
    const auto known = [&](const QString &name, const QString &value, bool mono) {
        if (!value.isEmpty())
            rows.push_back({name, value, mono});
    };
    known(tr("SHA-256"), middleElided(l.value(QLatin1String("data")).toObject().value(QLatin1String("sha256")).toString(), 20), true);
    known(tr("Code"), text("code").left(12), true);
    known(tr("Run"), middleElided(text("run"), 16), true);
    known(tr("Pipeline"), text("pipeline"), true);
    known(tr("Image"), text("image"), true);
    known(tr("Champion"), m_request->evidence.championAskedAt.isEmpty() ? QString() : tr("answered at %1").arg(m_request->evidence.championAskedAt), false);
    rows.push_back({tr("Package"), QStringLiteral("sha256:") + middleElided(m_request->digest, 14), true});
    rows.push_back({tr("Paired test"), tr("p = %1, %2").arg(number(m_request->evidence.pairedP), m_request->evidence.pairedTest)});
    if (!m_request->evidence.bootstrap.isEmpty())
        rows.push_back({tr("Bootstrap"), m_request->evidence.bootstrap});
    m_lineage->setRows(rows);
}

void PromotionSheet::showApprovals() {
    while (QLayoutItem *item = m_approvals->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const promotion::Request &r = *m_request;
    QStringList rule{r.preventSelfApproval ? tr("%n needed, not by who asked.", nullptr, r.approvalsNeeded) : tr("%n needed; one's own counts here.", nullptr, r.approvalsNeeded)};
    rule << (r.signing ? tr("Only those signed with a key of the workspace's approvers count.") : tr("Not signed: the workspace names no approvers. A guard-rail, not a proof."));
    if (!r.doubt.isEmpty())
        rule << r.doubt;
    m_rule->setText(rule.join(QLatin1Char(' ')));
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    for (const promotion::Approval &a : r.approvals) {
        auto *line = new QWidget;
        auto *row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        const bool counts = a.standing != Standing::Void;
        row->addWidget(new StateGlyph(!counts ? State::Warn : a.approved ? State::Ok : State::Bad));
        const QString said = a.approved ? tr("%1 approved %2, “%3”").arg(a.actor, moment(a.time, now), a.comment) : tr("%1 rejected %2, “%3”").arg(a.actor, moment(a.time, now), a.comment);
        auto *words = new Label(tr("%1 — %2").arg(said, standingText(a, r.state == promotion::RequestState::Pending, now)), TextRole::Second, &Tokens::t2);
        words->setWordWrap(true);
        words->setToolTip(a.key);
        words->setObjectName(QStringLiteral("approval/") + a.actor);
        row->addWidget(words, 1);
        m_approvals->addWidget(line);
    }
}

void PromotionSheet::resizeEvent(QResizeEvent *event) {
    QWidget::resizeEvent(event);
    const Theme &theme = Theme::of(this);
    const bool narrow = width() < theme.px(1280 - 96 - (m_decideCard->isHidden() ? decideWidth : 0));
    m_columns->setDirection(narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight); // one below the other: whole columns and a scroll bar
    for (Card *card : {m_metricsCard, m_gatesCard, m_slicesCard, m_cardCard, m_errorCard, m_shapeCard})
        card->setMinimumHeight(narrow ? theme.px(232) : 0);
}

QString PromotionSheet::comment() const { return m_comment->toPlainText().trimmed(); }
void PromotionSheet::clearComment() { m_comment->clear(); }

QString PromotionSheet::blockedReason() const {
    if (!m_request)
        return tr("Nothing is open.");
    if (m_request->state != promotion::RequestState::Pending)
        return tr("It is decided: %1.").arg(promotion::requestStateName(m_request->state));
    if (!m_request->doubt.isEmpty())
        return m_request->doubt;
    if (m_request->evidence.blocked())
        return tr("A gate blocks.");
    if (comment().isEmpty())
        return tr("Write a comment first; it is kept with the decision.");
    return {};
}

QWidget *PromotionSheet::firstFocus() const { return m_request && m_request->state == promotion::RequestState::Pending ? static_cast<QWidget *>(m_comment) : m_table; }

void PromotionSheet::showButtons() {
    if (!m_request)
        return;
    const bool pending = m_request->state == promotion::RequestState::Pending;
    m_commentLabel->setVisible(pending);
    m_comment->setVisible(pending); // what was written is under Approvals
    m_approve->setVisible(pending);
    m_reject->setVisible(pending);
    m_undo->setVisible(m_request->state == promotion::RequestState::Done);
    for (Button *button : {m_report, m_approve, m_reject, m_undo}) {
        button->setArgument(m_request->id);
        button->refresh();
    }
    m_note->setText(pending ? tr("If the alias or the package moves before it is sent, nothing is sent.") : QString());
    m_note->setVisible(pending);
}

/// The plan is asked for once per request state: it re-reads alias and endpoint, so it may be slow.
void PromotionSheet::readPlan() {
    const promotion::Request &r = *m_request;
    m_undoText->setText(r.from ? tr("Alias %1 back to v%2 and traffic with it, noted in the journal. One step, kept until the next promotion.").arg(r.alias).arg(*r.from)
                               : tr("Alias %1 is taken away again; nothing was served before.").arg(r.alias));
    const QString wanted = r.id + promotion::requestStateName(r.state);
    if (!m_context.fleet || m_planFor == wanted)
        return;
    m_planFor = wanted;
    m_planHeading->setText(r.state == promotion::RequestState::Pending ? tr("What approving will do") : tr("What came of it"));
    if (r.state != promotion::RequestState::Pending) {
        m_planNote->setText(r.outcome);
        m_planNote->setVisible(!r.outcome.isEmpty());
        return;
    }
    m_planNote->setText(tr("Reading what stands now…"));
    m_planNote->show();
    m_planTask.stop.request_stop();
    using Calls = std::vector<operations::PlannedCall>;
    m_planTask = startTask<Calls>(m_context.fleet->pools().waiting,
                                  [services = m_context.fleet->services(), model = r.model, connection = r.connection, version = r.version, alias = r.alias](std::stop_token) -> Result<Calls> {
                                      PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*services, model, connection));
                                      PH_ASSIGN(const auto operation, services->promotions->plan(place.key, version, alias));
                                      return operation.plan();
                                  });
    deliver(m_planTask, this, [this, wanted](const Result<Calls> &plan) {
        if (m_planFor != wanted)
            return;
        if (plan) {
            m_plan->setPlan(*plan);
            m_planNote->hide();
        } else if (plan.error().kind != ErrorKind::Cancelled) {
            m_planNote->setText(plan.error().text());
        }
    });
}

} // namespace pilothouse::ui
