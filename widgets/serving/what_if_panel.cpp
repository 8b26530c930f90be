// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/what_if_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/plot.h"
#include "widgets/serving/input_slider.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {
constexpr int curvePoints = 61;
}

WhatIfPanel::WhatIfPanel(const PanelContext &context, QWidget *parent)
    : Panel(QStringLiteral("what-if"), tr("What-if"), context, parent), m_state(new PanelState), m_choice(new SegmentedControl), m_inputs(new Card(WhatIfPanel::tr("Input"))),
      m_answerCard(new Card(WhatIfPanel::tr("Answer"))), m_curveCard(new Card(WhatIfPanel::tr("Response"))), m_requestCard(new Card(WhatIfPanel::tr("Request"))),
      m_answer(new Label({}, TextRole::Answer)), m_second(new Label({}, TextRole::Second, &Tokens::t2)), m_request(new Label({}, TextRole::MonoSmall, &Tokens::t2)), m_curve(new PlotWidget) {
    addActions();
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(12, 12, 12, 12);
    auto *content = new QWidget;
    auto *row = new QHBoxLayout(content);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *inner = new QWidget;
    m_list = new QVBoxLayout(inner);
    m_list->setContentsMargins(12, 8, 12, 12);
    m_list->setSpacing(8);
    scroll->setWidget(inner);
    scroll->setAccessibleName(m_inputs->title());
    m_inputs->setFixedWidth(320);
    m_inputs->setBody(scroll);
    m_inputs->addTool(new Button(actions(), QStringLiteral("whatif.reset")));
    row->addWidget(m_inputs);
    auto *side = new QVBoxLayout;
    side->setSpacing(12);
    m_choice->setObjectName(QStringLiteral("whatIfModel"));
    m_choice->setAccessibleName(tr("Model"));
    m_answerCard->addLeftTool(m_choice);
    m_answer->setObjectName(QStringLiteral("whatIfAnswer"));
    auto *answer = m_answerCard->bodyLayout();
    answer->addWidget(m_answer);
    answer->addWidget(m_second);
    side->addWidget(m_answerCard);
    m_curve->setObjectName(QStringLiteral("responsePlot"));
    m_curveCard->setBody(m_curve, 8);
    side->addWidget(m_curveCard, 1);
    m_request->setWordWrap(true);
    m_request->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_requestCard->bodyLayout()->addWidget(m_request);
    m_requestCard->addTool(new Button(actions(), QStringLiteral("whatif.copy")));
    side->addWidget(m_requestCard);
    row->addLayout(side, 1);
    m_state->setContent(content);
    outer->addWidget(m_state);
    m_soon.setSingleShot(true);
    m_soon.setInterval(30);
    connect(&m_soon, &QTimer::timeout, this, &WhatIfPanel::askNow);
    connect(m_choice, &SegmentedControl::currentChanged, this, [this](const QString &model) {
        m_model = model;
        m_version = 0;
        openModel();
        Q_EMIT headerChanged();
    });
}

void WhatIfPanel::addActions() {
    ActionSpec reset;
    reset.id = QStringLiteral("whatif.reset");
    reset.text = tr("Typical row");
    reset.icon = QStringLiteral("undo");
    reset.section = tr("Commands");
    reset.panel = id();
    reset.run = [this](const QString &, const QString &) {
        for (InputSlider *slider : m_sliders)
            slider->reset();
    };
    actions().add(reset);
    ActionSpec copy;
    copy.id = QStringLiteral("whatif.copy");
    copy.text = tr("Copy as curl");
    copy.icon = QStringLiteral("copy");
    copy.section = tr("Commands");
    copy.panel = id();
    copy.shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C);
    copy.run = [this](const QString &, const QString &) {
        // The key is named, never shown: a copied command ends up in chats and histories.
        QString url;
        for (const fleet::ModelRow &m : m_snapshot.models)
            if (m.name == m_model && m.rollout)
                url = m.rollout->url;
        QGuiApplication::clipboard()->setText(QStringLiteral("curl -X POST %1/predict -H 'Content-Type: application/json' -H \"X-API-Key: $API_KEY\" -d '%2'")
                                                  .arg(url, QString::fromUtf8(fleet::requestBody(m_form.signature, row())).replace(QLatin1Char('\''), QStringLiteral("'\\''"))));
    };
    actions().add(copy);
}

void WhatIfPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    std::vector<SegmentedControl::Segment> segments;
    for (const fleet::ModelRow &m : snapshot.models)
        if (m.servedVersion)
            segments.push_back({m.name, m.name, State::None});
    if (segments.empty()) {
        m_state->show(ScreenState::empty(tr("Nothing is served yet"), tr("Promote a version; then a row can be asked here, with sliders from the model's own signature."), tr("Models"),
                                         [this] { context().open(QStringLiteral("models"), {}); }));
        return;
    }
    if (std::none_of(segments.begin(), segments.end(), [&](const auto &s) { return s.id == m_model; }))
        m_model = segments.front().id;
    m_choice->setSegments(std::move(segments));
    m_choice->setCurrent(m_model);
    for (const fleet::ModelRow &m : snapshot.models)
        if (m.name == m_model && m.servedVersion != m_version)
            openModel();
}

void WhatIfPanel::openModel() {
    int version = 0;
    for (const fleet::ModelRow &m : m_snapshot.models)
        if (m.name == m_model)
            version = m.servedVersion.value_or(0);
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
    m_inputs->setSubtitle(tr("%n feature(s)", nullptr, int(model.inputs.size())));
    m_answerCard->setTitle(tr("Champion v%1").arg(model.version));
    m_answerCard->setSubtitle(model.estimator);
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
            m_list->addWidget(slider);
            m_sliders.push_back(slider);
        }
        m_list->addStretch(1);
        // The newest step of a window says most; elsewhere the first number does.
        m_curveInput.clear();
        for (InputSlider *slider : m_sliders)
            if (slider->isNumber() && (m_curveInput.isEmpty() || slider->name().endsWith(QLatin1String("@0"))))
                m_curveInput = slider->name();
    }
    askNow();
}

std::vector<fleet::WhatIfValue> WhatIfPanel::row() const {
    std::vector<fleet::WhatIfValue> values;
    for (const InputSlider *slider : m_sliders)
        values.push_back(slider->value());
    return values;
}

/// One request for the row, one for the curve. A newer wish waits for the answer under way: no pile of requests.
void WhatIfPanel::askNow() {
    if (!context().fleet || m_sliders.empty())
        return;
    if (m_asking.isRunning()) {
        m_again = true;
        return;
    }
    m_request->setText(QStringLiteral("POST /predict\n") + QString::fromUtf8(fleet::requestBody(m_form.signature, row())));
    std::size_t at = 0;
    for (std::size_t i = 0; i < m_sliders.size(); ++i)
        if (m_sliders[i]->name() == m_curveInput)
            at = i;
    const bool curve = m_sliders[at]->isNumber();
    m_asking = startTask<Both>(context().fleet->pools().waiting, [services = context().fleet->services(), form = m_form, values = row(), at, curve](std::stop_token token) -> Result<Both> {
        PH_ASSIGN(const auto where, fleet::servedAt(*services, form.model));
        Both both;
        PH_ASSIGN(both.point, fleet::ask(*services, where.url, where.apiKey, form.signature, {values}, token));
        if (!curve)
            return both;
        const fleet::WhatIfInput &input = form.inputs[at];
        both.input = input.input.name;
        std::vector<std::vector<fleet::WhatIfValue>> rows;
        for (int i = 0; i < curvePoints; ++i) {
            both.at.push_back(input.low + (input.high - input.low) * i / (curvePoints - 1));
            rows.push_back(values);
            rows.back()[at].number = both.at.back();
        }
        PH_ASSIGN(both.curve, fleet::ask(*services, where.url, where.apiKey, form.signature, rows, token));
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

void WhatIfPanel::showAnswer(const Both &both) {
    const bool classes = !both.point.labels.empty();
    QString text = classes ? both.point.labels.front() : number(both.point.values.front(), 4);
    if (!classes && !m_form.unit.isEmpty())
        text += QLatin1Char(' ') + m_form.unit;
    m_answer->setText(text);
    QStringList second{tr("%1, version %2").arg(both.point.source, both.point.version), tr("%1 ms").arg(number(both.point.milliseconds, 2))};
    for (std::size_t i = 0; i < both.point.probabilities.size() && i < m_form.signature.classes.size(); ++i)
        second << QStringLiteral("%1 %2").arg(QString::fromStdString(m_form.signature.classes[i]), percent(both.point.probabilities[i], 1));
    m_second->setText(second.join(QStringLiteral(" · ")));
    m_answerCard->source()->setSource(tr("endpoint"), now(), Freshness::Live);
    m_curveCard->setVisible(!both.at.empty());
    if (both.at.empty())
        return;
    PlotData data;
    data.unit = classes ? tr("class") : m_form.unit;
    data.xName = both.input;
    data.sentence = tr("Prediction of version %1 as %2 goes from %3 to %4, all else as set").arg(both.point.version, both.input, number(both.at.front()), number(both.at.back()));
    PlotSeries series;
    series.name = QStringLiteral("v%1").arg(both.point.version);
    series.steps = classes;
    for (std::size_t i = 0; i < both.at.size(); ++i)
        series.points.emplace_back(both.at[i], both.curve.values[i]);
    data.series = {series};
    for (const InputSlider *slider : m_sliders)
        if (slider->name() == both.input)
            data.points.push_back({slider->value().number.value_or(0), both.point.values.front(), text, &Tokens::s2});
    m_curve->setData(std::move(data));
    m_curveCard->setTitle(tr("Response to %1").arg(both.input));
    m_curveCard->setSubtitle(tr("%1 points, all else as set").arg(curvePoints));
}

void WhatIfPanel::openAt(const QString &argument) {
    if (argument.isEmpty() || argument == m_model)
        return;
    m_model = argument;
    m_version = 0;
    m_choice->setCurrent(argument);
    openModel();
}

std::vector<HeaderBadge> WhatIfPanel::badges() const {
    if (m_form.inputs.empty())
        return {};
    return {{State::Ok, tr("Signature: %1 in, %2 out").arg(m_form.signature.inputs.size()).arg(qMax<std::size_t>(1, m_form.signature.outputs.size()))}};
}

} // namespace pilothouse::ui
