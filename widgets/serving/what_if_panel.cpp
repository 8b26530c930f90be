// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/what_if_panel.h"

#include "core/base/json.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/folding_choice.h"
#include "widgets/base/format.h"
#include "widgets/base/plot.h"
#include "widgets/serving/explain_page.h"
#include "widgets/serving/input_slider.h"
#include "widgets/serving/output_choice.h"
#include "widgets/serving/why_card.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr int curvePoints = 61;
constexpr int lowBelow = 720 - 76; // px: a window below 720, less header and task bar

/// Where each input of `form` stands in `signature`; −1: not there.
std::vector<int> sources(const artifact::Signature &signature, const fleet::WhatIfModel &form) {
    std::vector<int> from;
    for (const fleet::WhatIfInput &input : form.inputs) {
        const auto at = std::find_if(signature.inputs.begin(), signature.inputs.end(), [&](const auto &known) { return known.name == input.input.name; });
        from.push_back(at == signature.inputs.end() ? -1 : int(at - signature.inputs.begin()));
    }
    return from;
}

/// A row for a version with other inputs: those it shares as set, the rest at their typical value.
std::vector<fleet::WhatIfValue> translated(const std::vector<fleet::WhatIfValue> &row, const std::vector<int> &from, const fleet::WhatIfModel &form) {
    std::vector<fleet::WhatIfValue> out;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const fleet::WhatIfInput &input = form.inputs[i];
        out.push_back(from[i] >= 0                                       ? row[std::size_t(from[i])]
                      : input.input.type == data::ColumnType::Category ? fleet::WhatIfValue{std::nullopt, input.typicalCategory}
                                                                       : fleet::WhatIfValue{input.typical, {}});
    }
    return out;
}

} // namespace

const QString WhatIfPanel::explainPrefix = QStringLiteral("explain:");

double WhatIfPanel::Both::value(const fleet::WhatIfAnswer &answer, std::size_t row, const QString &output) const {
    const auto at = std::find(outputs.begin(), outputs.end(), output);
    return answer.value(row, answer.outputs == 1 ? 0 : std::size_t(at - outputs.begin()));
}

WhatIfPanel::WhatIfPanel(const PanelContext &context, QWidget *parent)
    : Panel(QStringLiteral("what-if"), tr("What-if"), context, parent), m_page(new SegmentedControl), m_pages(new QStackedWidget), m_state(new PanelState), m_choice(new FoldingChoice(QStringLiteral("whatIfModel"), tr("Model"))), m_output(new OutputChoice(false)),
      m_versions(new Choice), m_legend(new Legend), m_inputs(new Card(WhatIfPanel::tr("Input"))),
      m_answerCard(new Card(WhatIfPanel::tr("Answer"))), m_besideCard(new Card(WhatIfPanel::tr("Beside"))), m_curveCard(new Card(WhatIfPanel::tr("Response"))), m_requestCard(new Card(WhatIfPanel::tr("Request"))),
      m_answer(new Label({}, TextRole::Answer)), m_second(new Label({}, TextRole::Second, &Tokens::t2)),
      m_besideAnswer(new Label({}, TextRole::Answer)), m_besideSecond(new Label({}, TextRole::Second, &Tokens::t2)), m_besideChange(new Label({}, TextRole::Strong, &Tokens::acc)), m_request(new Label({}, TextRole::MonoSmall, &Tokens::t2)), m_curve(new PlotWidget) {
    addActions();
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(12, 12, 12, 12);
    outer->setSpacing(12);
    auto *bar = new QHBoxLayout;
    bar->setSpacing(12);
    m_page->setObjectName(QStringLiteral("whatIfPage"));
    m_page->setAccessibleName(tr("Page"));
    m_page->setSegments({{QStringLiteral("ask"), tr("Ask a row"), State::None}, {QStringLiteral("explain"), tr("Explain"), State::None}});
    bar->addWidget(m_page);
    bar->addWidget(m_choice);
    bar->addWidget(m_output);
    bar->addStretch(1);
    outer->addLayout(bar);
    m_state->setContent(buildAsk());
    m_pages->addWidget(m_state);
    outer->addWidget(m_pages, 1);
    m_soon.setSingleShot(true);
    m_soon.setInterval(30);
    connect(&m_soon, &QTimer::timeout, this, &WhatIfPanel::askNow);
    connect(m_page, &SegmentedControl::currentChanged, this, [this] { showPage(onExplainPage()); });
    connect(m_output, &OutputChoice::changed, this, &WhatIfPanel::showOutput);
    connect(m_versions, &QComboBox::activated, this, [this] {
        m_besideVersion = m_versions->currentData().toInt();
        m_beside.reset();
        askBeside();
    });
    connect(m_choice, &FoldingChoice::currentChanged, this, [this](const QString &model) {
        m_model = model;
        m_version = 0;
        openModel();
        showVersions();
        Q_EMIT headerChanged();
    });
}

QWidget *WhatIfPanel::buildAsk() {
    auto *content = new QWidget;
    auto *row = new QHBoxLayout(content);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    row->addWidget(buildInputs());
    auto *side = new QVBoxLayout;
    side->setSpacing(12);
    side->addWidget(buildAnswers());
    m_curve->setObjectName(QStringLiteral("responsePlot"));
    m_curveCard->setBody(m_curve, 8);
    m_curveCard->addTool(m_legend);
    m_why = new WhyCard(context(), id());
    auto *middle = new QHBoxLayout;
    middle->setSpacing(12);
    middle->addWidget(m_curveCard, 1);
    middle->addWidget(m_why, 1);
    side->addLayout(middle, 1);
    m_request->setWordWrap(true);
    m_request->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_requestCard->bodyLayout()->addWidget(m_request);
    for (const char *action : {"whatif.endpoint", "whatif.copy"}) {
        m_buttons.push_back(new Button(actions(), QLatin1String(action)));
        m_requestCard->addTool(m_buttons.back());
    }
    side->addWidget(m_requestCard);
    row->addLayout(side, 1);
    return content;
}

QWidget *WhatIfPanel::buildInputs() {
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *inner = new QWidget;
    m_list = new QVBoxLayout(inner);
    m_list->setContentsMargins(12, 8, 12, 12);
    m_list->setSpacing(8);
    scroll->setWidget(inner);
    inner->setAutoFillBackground(false); // the card's own ground, not the window's
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setAccessibleName(m_inputs->title());
    m_inputs->setFixedWidth(320);
    m_inputs->setBody(scroll);
    m_inputs->addTool(new Button(actions(), QStringLiteral("whatif.reset")));
    return m_inputs;
}

/// The answer of the served version, and that of another one beside it.
QWidget *WhatIfPanel::buildAnswers() {
    auto *both = new QWidget;
    auto *answers = new QHBoxLayout(both);
    answers->setContentsMargins(0, 0, 0, 0);
    answers->setSpacing(12);
    m_answer->setObjectName(QStringLiteral("whatIfAnswer"));
    auto *answer = m_answerCard->bodyLayout();
    answer->addWidget(m_answer);
    answer->addWidget(m_second);
    answers->addWidget(m_answerCard, 1);
    m_versions->setObjectName(QStringLiteral("whatIfVersion"));
    m_versions->setAccessibleName(tr("Version beside the served one"));
    m_versions->setMinimumWidth(Theme::of(this).px(132)); // its names come later
    m_besideCard->addLeftTool(m_versions);
    m_besideAnswer->setObjectName(QStringLiteral("besideAnswer"));
    m_besideChange->setObjectName(QStringLiteral("besideChange"));
    auto *beside = m_besideCard->bodyLayout();
    auto *line = new QHBoxLayout;
    line->setSpacing(12);
    line->addWidget(m_besideAnswer);
    line->addWidget(m_besideChange, 1, Qt::AlignBottom);
    beside->addLayout(line);
    beside->addWidget(m_besideSecond);
    for (Label *label : {m_second, m_besideSecond})
        label->setElide(Qt::ElideRight);
    answers->addWidget(m_besideCard, 1);
    return both;
}

bool WhatIfPanel::onExplainPage() const { return m_page->current() == QLatin1String("explain"); }

void WhatIfPanel::showPage(bool explain) {
    if (explain != onExplainPage())
        return m_page->setCurrent(explain ? QStringLiteral("explain") : QStringLiteral("ask")); // comes back here
    if (explain && !m_explain) {
        m_explain = new ExplainPage(context());
        m_pages->addWidget(m_explain);
        connect(m_explain, &ExplainPage::modelChanged, this, &Panel::headerChanged);
    }
    if (explain) {
        m_explain->showSnapshot(m_snapshot);
        m_explain->setGiven(whyQuestion());
    }
    m_choice->setVisible(!explain);
    m_output->setVisible(!explain && m_output->isNeeded());
    m_pages->setCurrentWidget(explain ? static_cast<QWidget *>(m_explain) : m_state);
    actions().renew({QStringLiteral("explain.run")}); // it does what the page in front offers
    Q_EMIT headerChanged();
}

/// The request says nothing that another screen needs more: it makes room in a low window.
void WhatIfPanel::resizeEvent(QResizeEvent *event) {
    Panel::resizeEvent(event);
    m_requestCard->setFolded(height() < theme().px(lowBelow));
}

void WhatIfPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    refreshButtons();
    if (m_explain && onExplainPage())
        m_explain->showSnapshot(snapshot);
    std::vector<SegmentedControl::Segment> segments;
    for (const fleet::ModelRow &m : snapshot.models)
        if (m.askedVersion())
            segments.push_back({m.name, m.name, State::None});
    if (segments.empty()) {
        m_state->show(ScreenState::empty(tr("Nothing is served yet"), tr("Promote a version, or name the endpoint that serves one (“Endpoint…” in the palette); then a row can be asked here, with sliders from the model's own signature."), tr("Models"),
                                         [this] { context().open(QStringLiteral("models"), {}); }));
        return;
    }
    if (std::none_of(segments.begin(), segments.end(), [&](const auto &s) { return s.id == m_model; }))
        m_model = segments.front().id;
    m_choice->setSegments(std::move(segments));
    m_choice->setCurrent(m_model);
    for (const fleet::ModelRow &m : snapshot.models)
        if (m.name == m_model && m.askedVersion() != m_version)
            openModel();
    showVersions();
}

/// Every other version of the model; the candidate that waits comes first, then the newest.
void WhatIfPanel::showVersions() {
    const auto served = std::find_if(m_snapshot.models.begin(), m_snapshot.models.end(), [this](const auto &m) { return m.name == m_model; });
    if (served == m_snapshot.models.end())
        return;
    std::vector<int> others;
    for (const registry::Version &v : m_snapshot.versions)
        if (v.model == m_model && v.version != served->askedVersion())
            others.push_back(v.version);
    std::sort(others.rbegin(), others.rend());
    QStringList names, shown;
    for (const int version : others)
        names << (served->candidateVersion == version ? tr("v%1, candidate").arg(version) : served->liveVersion == version ? tr("v%1, champion").arg(version) : tr("v%1").arg(version));
    for (int i = 0; i < m_versions->count(); ++i)
        shown << m_versions->itemText(i);
    const bool known = std::find(others.begin(), others.end(), m_besideVersion) != others.end();
    if (names != shown) {
        m_versions->clear();
        for (std::size_t i = 0; i < others.size(); ++i)
            m_versions->addItem(names[qsizetype(i)], others[i]);
    }
    m_versions->setVisible(!others.empty());
    const int wanted = known ? m_besideVersion : others.empty() ? 0 : served->candidateVersion && served->candidateVersion != served->askedVersion() ? *served->candidateVersion : others.front();
    m_versions->setCurrentIndex(m_versions->findData(wanted));
    if (others.empty()) {
        m_besideVersion = 0;
        m_beside.reset();
        m_besideCard->source()->clear();
        m_besideCard->showState(ScreenState::empty(tr("No other version yet"), tr("A new candidate answers here, beside the served one."), tr("Train"),
                                                   [this] { context().open(QStringLiteral("train"), m_model); }));
    } else if (wanted != m_besideVersion) {
        m_besideVersion = wanted;
        m_beside.reset();
        askBeside();
    }
}

void WhatIfPanel::openModel() {
    int version = 0;
    for (const fleet::ModelRow &m : m_snapshot.models)
        if (m.name == m_model)
            version = m.askedVersion().value_or(0);
    if (!context().fleet || version == 0)
        return;
    m_version = version;
    m_opening.stop.request_stop();
    m_opening = startTask<fleet::WhatIfModel>(context().fleet->pools().waiting,
                                              [services = context().fleet->services(), model = m_model, version](std::stop_token) { return fleet::openWhatIf(*services, model, version); });
    deliver(m_opening, this, [this, version](const Result<fleet::WhatIfModel> &model) {
        if (version != m_version)
            return;
        if (!model) {
            m_state->show(ScreenState::failed(model.error(), tr("Try again"), [this] { openModel(); }));
            return;
        }
        m_state->show(ScreenState::full());
        buildForm(*model);
    });
}

void WhatIfPanel::buildForm(const fleet::WhatIfModel &model) {
    QStringList before, now;
    for (InputSlider *slider : m_sliders)
        before << slider->name();
    for (const fleet::WhatIfInput &input : model.inputs)
        now << input.input.name;
    m_form = model;
    m_served.reset();
    m_beside.reset();
    m_inputs->setSubtitle(tr("%n feature(s)", nullptr, int(model.inputs.size())));
    m_answerCard->setTitle(tr("Champion v%1").arg(model.version));
    m_output->setSignature(model.signature);
    m_output->setVisible(m_output->isNeeded() && !onExplainPage());
    if (before != now) { // a new version with the same inputs keeps what was set
        while (QLayoutItem *item = m_list->takeAt(0)) {
            delete item->widget();
            delete item;
        }
        m_sliders.clear();
        for (const fleet::WhatIfInput &input : model.inputs) {
            auto *slider = new InputSlider(input);
            connect(slider, &InputSlider::changed, &m_soon, qOverload<>(&QTimer::start));
            connect(slider, &InputSlider::focused, this, [this](const QString &name) {
                m_curveInput = name;
                m_soon.start();
            });
            m_list->insertWidget(model.signature.task == workspace::TaskKind::Forecast ? 0 : -1, slider); // of a window the newest step is on top
            m_sliders.push_back(slider);
        }
        for (int i = 1; i < m_list->count(); ++i)
            setTabOrder(m_list->itemAt(i - 1)->widget(), m_list->itemAt(i)->widget());
        m_list->addStretch(1);
        // The newest step of a window says most; elsewhere the first number does.
        m_curveInput.clear();
        for (InputSlider *slider : m_sliders)
            if (slider->isNumber() && (m_curveInput.isEmpty() || slider->name().endsWith(QLatin1String("@0"))))
                m_curveInput = slider->name();
    }
    if (m_explain && onExplainPage())
        m_explain->setGiven(whyQuestion());
    askNow();
}

std::vector<fleet::WhatIfValue> WhatIfPanel::row() const {
    std::vector<fleet::WhatIfValue> values;
    for (const InputSlider *slider : m_sliders)
        values.push_back(slider->value());
    return values;
}

std::vector<std::vector<fleet::WhatIfValue>> WhatIfPanel::Question::curveRows() const {
    std::vector<std::vector<fleet::WhatIfValue>> rows(at.size(), row);
    for (std::size_t i = 0; i < at.size(); ++i)
        rows[i][column].number = at[i];
    return rows;
}

WhatIfPanel::Question WhatIfPanel::question() const {
    Question question{};
    question.row = row();
    for (std::size_t i = 0; i < m_sliders.size(); ++i)
        if (m_sliders[i]->name() == m_curveInput)
            question.column = i;
    if (!m_sliders[question.column]->isNumber())
        return question;
    const fleet::WhatIfInput &input = m_form.inputs[question.column];
    question.input = input.input.name;
    for (int i = 0; i < curvePoints; ++i)
        question.at.push_back(input.low + (input.high - input.low) * i / (curvePoints - 1));
    return question;
}

/// One request for the row; the curve is scored on this machine. A newer wish waits for the answer under way: no pile of requests.
void WhatIfPanel::askNow() {
    if (!context().fleet || m_sliders.empty())
        return;
    askBeside();
    m_why->setUnit(unit());
    m_why->setQuestion(whyQuestion());
    if (m_asking.isRunning()) {
        m_again = true;
        return;
    }
    std::optional<fleet::ModelEndpoint> known;
    if (m_served && m_served->where.profile.login && m_served->services == context().fleet->services())
        known = m_served->where;
    m_asking = startTask<Both>(context().fleet->pools().waiting, [services = context().fleet->services(), form = m_form, question = question(), known](std::stop_token token) -> Result<Both> {
        Both both{};
        both.question = question;
        both.services = services;
        both.outputs = form.signature.outputs;
        if (known) {
            both.where = *known; // a login's token is used again
        } else {
            PH_ASSIGN(both.where, fleet::endpointOf(*services, form.model));
        }
        PH_ASSIGN(both.point, fleet::ask(both.where, form.signature, {question.row}, token));
        if (question.at.empty())
            return both;
        // Not from the endpoint: it would log the curve's rows as if somebody had asked them, and they would count as drift.
        if (auto curve = fleet::askVersion(*services, form.model, form.version, form.signature, question.curveRows(), token))
            both.curve = *std::move(curve);
        else
            both.question.at.clear(); // the answer stands without its curve
        return both;
    });
    deliver(m_asking, this, [this](const Result<Both> &both) {
        if (both) {
            m_answerCard->showState(ScreenState::full());
            showAnswer(*both);
        } else if (both.error().kind != ErrorKind::Cancelled) {
            m_answerCard->showState(ScreenState::failed(both.error(), tr("Try again"), [this] { askNow(); }));
        }
        if (std::exchange(m_again, false))
            askNow();
    });
}

/// The same question to the version beside, on this machine: one child for the row and the curve.
void WhatIfPanel::askBeside() {
    if (!context().fleet || m_sliders.empty() || m_besideVersion == 0)
        return;
    if (m_askingBeside.isRunning()) {
        m_againBeside = true;
        return;
    }
    const int version = m_besideVersion;
    const QString model = m_form.model;
    m_askingBeside = startTask<Both>(context().fleet->pools().waiting,
                                     [services = context().fleet->services(), signature = m_form.signature, model, version, question = question()](std::stop_token token) -> Result<Both> {
                                         Both both{};
                                         both.question = question;
                                         PH_ASSIGN(const auto form, fleet::openWhatIf(*services, model, version));
                                         const auto from = sources(signature, form);
                                         both.filled = int(std::count(from.begin(), from.end(), -1));
                                         auto rows = question.curveRows();
                                         rows.insert(rows.begin(), question.row);
                                         for (auto &row : rows)
                                             row = translated(row, from, form);
                                         PH_ASSIGN(both.point, fleet::askVersion(*services, model, version, form.signature, rows, token));
                                         both.outputs = form.signature.outputs;
                                         both.curve = both.point;
                                         both.curve.values.erase(both.curve.values.begin(), both.curve.values.begin() + std::ptrdiff_t(both.curve.outputs)); // the row itself
                                         return both;
                                     });
    deliver(m_askingBeside, this, [this, model, version](const Result<Both> &both) {
        if (model == m_model && version == m_besideVersion) {
            if (both) {
                m_beside = *both;
                m_besideCard->showState(ScreenState::full());
                m_besideCard->source()->setSource(tr("this machine"), now(), Freshness::Local);
                showBeside();
                showCurve();
            } else if (both.error().kind != ErrorKind::Cancelled) {
                m_beside.reset();
                m_besideCard->showState(ScreenState::failed(both.error(), tr("Try again"), [this] { askBeside(); }));
                showCurve();
            }
        }
        if (std::exchange(m_againBeside, false))
            askBeside();
    });
}

QString WhatIfPanel::output() const { return m_form.signature.outputs.empty() ? QString() : m_form.signature.outputs[std::min(m_output->output(), m_form.signature.outputs.size() - 1)]; }

QString WhatIfPanel::unit() const { return m_form.unitOf(m_output->output()); }

/// What is asked about the row as it is set; of a forecast series by series.
std::optional<fleet::WhyQuestion> WhatIfPanel::whyQuestion() const {
    if (m_sliders.empty())
        return std::nullopt;
    fleet::WhyQuestion question;
    question.model = m_form.model;
    question.version = m_form.version;
    question.signature = m_form.signature;
    question.given = row();
    question.output = m_output->name();
    if (question.signature.task == workspace::TaskKind::Forecast)
        question.grouping = explain::Grouping::Series;
    return question;
}

/// Another output of the same answers: nobody is asked again.
void WhatIfPanel::showOutput() {
    m_why->setUnit(unit());
    m_why->setQuestion(whyQuestion());
    if (m_served)
        m_answer->setText(answerText(*m_served));
    showBeside();
    showCurve();
}

QString WhatIfPanel::answerText(const Both &both) const {
    const fleet::WhatIfAnswer &answer = both.point;
    if (!answer.labels.empty())
        return answer.labels.front();
    return number(both.value(answer, 0, output()), 4) + (unit().isEmpty() ? QString() : QLatin1Char(' ') + unit());
}

void WhatIfPanel::refreshButtons() {
    for (Button *button : m_buttons)
        button->refresh();
}

void WhatIfPanel::showAnswer(const Both &both) {
    m_served = both;
    refreshButtons();
    m_answer->setText(answerText(both));
    const fleet::ModelEndpoint &where = both.where;
    QStringList second{m_form.estimator, both.point.version.isEmpty() ? where.url : tr("%1, version %2").arg(where.url, both.point.version), tr("%1 ms").arg(number(both.point.milliseconds, 2))};
    if (const auto body = where.client->body(fleet::columnsOf(m_form.signature), {fleet::rowObject(m_form.signature, both.question.row)}))
        m_request->setText(where.profile.method + QLatin1Char(' ') + where.profile.path + QLatin1Char('\n') + QString::fromUtf8(compactJson(*body)));
    for (std::size_t i = 0; i < both.point.probabilities.size() && i < m_form.signature.classes.size(); ++i)
        second << QStringLiteral("%1 %2").arg(QString::fromStdString(m_form.signature.classes[i]), percent(both.point.probabilities[i], 1));
    m_second->setText(second.join(QStringLiteral(" · ")));
    m_answerCard->source()->setSource(tr("endpoint"), now(), Freshness::Live);
    showBeside();
    showCurve();
}

/// The difference is only said when both answered the same row.
void WhatIfPanel::showBeside() {
    if (!m_beside)
        return;
    const fleet::WhatIfAnswer &answer = m_beside->point;
    m_besideAnswer->setText(answerText(*m_beside));
    QStringList second{m_beside->filled ? tr("%n more inputs, at their typical value", nullptr, m_beside->filled) : tr("scored from the registry, nothing is logged"),
                       tr("%1 ms").arg(number(answer.milliseconds, 2))};
    for (std::size_t i = 0; i < answer.probabilities.size() && i < m_form.signature.classes.size(); ++i)
        second << QStringLiteral("%1 %2").arg(QString::fromStdString(m_form.signature.classes[i]), percent(answer.probabilities[i], 1));
    m_besideSecond->setText(second.join(QStringLiteral(" · ")));
    const bool same = m_served && m_served->question.row == m_beside->question.row;
    QString change;
    if (same && !answer.labels.empty()) {
        change = answer.labels.front() == m_served->point.labels.front() ? tr("the same class") : tr("another class");
    } else if (const double base = same ? m_served->value(m_served->point, 0, output()) : std::nan(""), by = m_beside->value(answer, 0, output()) - base; !std::isnan(by)) {
        change = number(by, 3, true) + (unit().isEmpty() ? QString() : QLatin1Char(' ') + unit());
        if (base != 0)
            change += QStringLiteral(", ") + number(100 * by / std::abs(base), 2, true) + QStringLiteral(" %");
    }
    m_besideChange->setText(change);
}

void WhatIfPanel::showCurve() {
    if (!m_served)
        return;
    const Question &question = m_served->question;
    m_curveCard->setVisible(!question.at.empty());
    if (question.at.empty())
        return;
    const bool classes = !m_served->point.labels.empty();
    PlotData data;
    data.unit = classes ? tr("class") : unit();
    data.xName = question.input;
    data.sentence = tr("Prediction of version %1 as %2 goes from %3 to %4, all else as set").arg(m_form.version).arg(question.input, number(question.at.front()), number(question.at.back()));
    std::vector<Legend::Entry> legend;
    const auto add = [&](const Both &both, const QString &name, Ink ink) {
        PlotSeries series;
        series.name = name;
        series.ink = ink;
        series.steps = classes;
        for (std::size_t i = 0; i < both.question.at.size(); ++i)
            series.points.emplace_back(both.question.at[i], both.value(both.curve, i, output()));
        data.series.push_back(std::move(series));
        legend.push_back({name, ink, false});
        const std::optional<double> x = both.question.row[both.question.column].number;
        if (const double y = both.value(both.point, 0, output()); x && !std::isnan(y))
            data.points.push_back({*x, y, legend.size() == 1 ? answerText(both) : QString(), ink}); // two texts would overlap
    };
    add(*m_served, QStringLiteral("v%1").arg(m_served->point.version.isEmpty() ? QString::number(m_form.version) : m_served->point.version), &Tokens::s1);
    if (m_beside && m_beside->question.input == question.input)
        add(*m_beside, QStringLiteral("v%1").arg(m_besideVersion), &Tokens::s2);
    m_curve->setData(std::move(data));
    m_legend->setEntries(std::move(legend));
    m_curveCard->setTitle(tr("Response to %1").arg(question.input));
    m_curveCard->setSubtitle(tr("%1 points, all else as set").arg(curvePoints));
}

void WhatIfPanel::openAt(const QString &argument) {
    const bool explain = argument.startsWith(explainPrefix);
    showPage(explain);
    if (explain)
        return m_explain->choose(argument.mid(explainPrefix.size()));
    if (argument.isEmpty() || argument == m_model)
        return;
    m_model = argument;
    m_version = 0;
    m_choice->setCurrent(argument);
    openModel();
    showVersions();
}

QStringList WhatIfPanel::path() const { return onExplainPage() && m_explain ? QStringList{title(), m_explain->model()} : QStringList{title()}; }

QString WhatIfPanel::subject() const { return onExplainPage() ? tr("Explain") : m_model.isEmpty() ? title() : m_model; }

std::vector<HeaderBadge> WhatIfPanel::badges() const {
    if (m_form.inputs.empty() || onExplainPage())
        return {};
    return {{State::Ok, tr("Signature: %1 in, %2 out").arg(m_form.signature.inputs.size()).arg(qMax<std::size_t>(1, m_form.signature.outputs.size()))}};
}

QWidget *WhatIfPanel::firstFocus() { return onExplainPage() && m_explain ? m_explain->firstFocus() : this; }

} // namespace pilothouse::ui
