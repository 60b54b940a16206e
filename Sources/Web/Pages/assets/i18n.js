// Every sentence of the pages, English and Chinese side by side, so that neither can be forgotten.

const strings = {
  "nav.admin": ["Staff", "管理"],
  "nav.label": ["Pages", "页面"],
  "skip": ["Skip to content", "跳到正文"],
  "language": ["中文", "English"],
  "language.label": ["切换到中文", "Switch to English"],
  "cancel": ["Cancel", "取消"],
  "close": ["Close", "关闭"],
  "retry": ["Try again", "重试"],

  "link.connecting": ["Connecting…", "正在连接…"],
  "link.live": ["Live", "实时"],
  "link.waiting": ["Reconnecting…", "正在重新连接…"],
  "link.stopped": ["Disconnected", "已断开"],
  "link.closed": ["Closed", "已关闭"],
  "link.again": ["Connect again", "重新连接"],
  "link.stopped.other": ["The server ended this connection.", "服务器结束了此连接。"],
  "link.stopped.4000": ["The server no longer understands this page. Load it again.", "服务器已不支持此页面的版本，请重新加载。"],
  "link.stopped.4001": ["The server asks for a login.", "服务器要求登录。"],
  "link.stopped.4003": ["The staff has disconnected you.", "管理人员断开了您的连接。"],
  "link.stopped.4004": ["This account has too many connections. Close one of its other pages.", "此账号的连接过多，请关闭其他页面。"],
  "link.stopped.4007": ["You have connected from another place.", "您已在别处连接。"],
  "link.stopped.4008": ["Your login has ended.", "您的登录已失效。"],
  "link.stopped.elsewhere": ["You were logged out in another tab.", "您已在另一个标签页退出登录。"],
  "link.reload": ["Load again", "重新加载"],
  "age": ["Data from {age} ago", "数据为 {age} 前"],
  "days": ["{d} d {rest}", "{d} 天 {rest}"],

  "error.network": ["The server cannot be reached.", "无法连接服务器。"],
  "error.answer": ["The server answered with {status}.", "服务器返回 {status}。"],
  "error.101": ["Please log in first.", "请先登录。"],
  "error.103": ["You may not do that here.", "您没有此权限。"],
  "error.106": ["That is too much at once.", "超出限制。"],
  "error.107": ["The server did not understand that.", "请求格式不正确。"],
  "error.111": ["Too fast. Please wait a moment.", "操作太频繁，请稍候。"],
  "error.120": ["This room is full.", "房间已满。"],
  "error.other": ["That did not work ({reason}).", "操作失败（{reason}）。"],

  "login": ["Log in", "登录"],
  "logout": ["Log out", "退出登录"],
  "register": ["Create an account", "注册账号"],
  "login.have": ["I have an account", "已有账号"],
  "login.tel": ["Telephone number", "手机号"],
  "login.name": ["Name", "用户名"],
  "login.password": ["Password", "密码"],
  "login.keep": ["Stay logged in on this device", "在此设备上保持登录"],
  "login.who": ["Name, student number or telephone", "用户名、学号或手机号"],
  "login.wrong": ["There is no such account, or it has another password.", "账号不存在或密码错误。"],
  "login.taken": ["This number or name is already taken.", "该号码或用户名已被注册。"],
  "login.missing": ["Please fill in everything.", "请填写完整。"],
  "login.closed": ["New accounts cannot be made from here. Ask the staff for one.", "此处不开放注册，请向管理人员申请账号。"],
  "guest": ["Guest", "访客"],

  "home.title": ["Who is here, right now.", "此刻，谁在这里。"],
  "home.lead": ["Presence, chat and check-in for the campus, pushed to every screen the moment something changes.",
    "校园在线状态、聊天与签到，一有变化，立即推送到每一块屏幕。"],
  "home.state": ["The server", "服务器"],
  "home.health": ["State", "状态"],
  "home.health.ok": ["Running", "运行中"],
  "home.health.bad": ["Not well", "异常"],
  "home.users": ["People online", "在线人数"],
  "home.guests": ["Guests", "访客"],
  "home.connections": ["WebSockets", "WebSocket 连接"],
  "home.trip": ["Round trip", "往返延迟"],
  "home.ms": ["{n} ms", "{n} 毫秒"],
  "home.ms.less": ["under 1 ms", "不到 1 毫秒"],
  "home.uptime": ["Running for", "已运行"],
  "home.version": ["Version", "版本"],

  "chat.rooms": ["Rooms", "房间"],
  "chat.people": ["In this room", "房间成员"],
  "chat.people.show": ["Members", "成员"],
  "chat.none": ["No rooms yet.", "还没有房间。"],
  "chat.new": ["New room", "新房间"],
  "chat.create": ["Create", "创建"],
  "chat.exists": ["There is already a room with this name.", "同名房间已存在。"],
  "chat.badname": ["Letters, digits and . _ : - only, 64 at most.", "仅限文字、数字与 . _ : -，最多 64 个。"],
  "chat.seats": ["{n} of {all} {all:seat|seats} taken", "已占 {n}/{all} 个座位"],
  "chat.inside": ["{n} {n:person|people} inside", "房间内 {n} 人"],
  "chat.full.lead": ["You can come in as soon as a seat is free.", "有空位时即可进入。"],
  "chat.free": ["A seat is free now", "现在有空位"],
  "chat.enter": ["Come in", "进入房间"],
  "chat.leave": ["Leave", "离开"],
  "chat.back": ["Rooms", "房间"],
  "chat.write": ["Write a message", "输入消息"],
  "chat.send": ["Send", "发送"],
  "chat.sending": ["sending…", "发送中…"],
  "chat.failed": ["not sent", "未发送"],
  "chat.long": ["At most 4096 characters.", "最多 4096 个字符。"],
  "chat.older": ["Older messages", "更早的消息"],
  "chat.start": ["This is where the conversation begins.", "对话从这里开始。"],
  "chat.newer": ["New messages ↓", "有新消息 ↓"],
  "chat.join": ["{name} came in", "{name} 进入了房间"],
  "chat.created": ["{name} opened the room", "{name} 开启了房间"],
  "chat.left": ["{name} left", "{name} 离开了房间"],
  "chat.unstable": ["connection unstable", "连接不稳定"],
  "chat.you": ["you", "我"],
  "chat.reset": ["Some messages could not be caught up; here is the newest.", "部分消息无法补齐，以下为最新内容。"],
  "chat.reconnecting": ["Reconnecting. What you write is sent as soon as the connection is back.", "正在重新连接。您写的内容会在恢复后自动发送。"],
  "chat.pick": ["Choose a room", "请选择房间"],
  "chat.pick.lead": ["Everybody in a room sees who else is there.", "房间内彼此可见。"],
  "chat.guest": ["You are a guest", "您是访客"],
  "chat.guest.lead": ["You can see the rooms. To come in and talk, log in with your telephone number.", "您可以看到房间列表。登录后即可进入并聊天。"],
  "chat.today": ["Today", "今天"],

  "board.now": ["In the lab now", "此刻在实验室"],
  "board.here": ["in the lab", "人在实验室"],
  "board.online": ["{n:person|people} online", "人在线"],
  "board.guests": ["{n} {n:guest|guests} watching", "{n} 位访客在看"],
  "board.rooms": ["chat {n:room|rooms}", "个聊天室"],
  "board.talking": ["in conversation", "人在聊天"],
  "board.nobody": ["Nobody is in the lab.", "实验室暂时没人。"],
  "board.more": ["and {n} more", "还有 {n} 人"],
  "board.top": ["Most hours this week", "本周时长榜"],
  "board.grade": ["Grade {grade}", "{grade} 级"],
  "board.hours": ["{n} h", "{n} 小时"],
  "board.norank": ["No hours yet", "暂无记录"],
  "board.moves": ["Coming and going", "进出动态"],
  "board.quiet": ["Quiet so far.", "暂时没有动静。"],
  "board.in": ["checked in", "签到"],
  "board.out": ["checked out after {n} h", "签退，{n} 小时"],
  "board.auto": ["checked out at night", "夜间自动签退"],
  "board.reported": ["was reported as gone", "被举报离开"],
  "board.day": ["Today", "今天"],
  "board.day.label": ["People in the lab over the day: now {n}, peak {max}", "今日实验室人数，现在 {n}，最多 {max}"],
  "board.peak": ["Peak {n}", "峰值 {n} 人"],
  "board.kiosk": ["Check in or out", "签到 / 签退"],
  "board.number": ["Student number", "学号"],
  "board.checkin": ["Check in", "签到"],
  "board.checkout": ["Check out", "签退"],
  "board.welcome": ["Welcome, {name}. Checked in at {time}.", "欢迎，{name}。{time} 签到成功。"],
  "board.goodbye": ["Goodbye, {name}. You were here for {stay}.", "再见，{name}。本次停留 {stay}。"],
  "board.stay": ["{h} h {m} min", "{h} 小时 {m} 分钟"],
  "board.stay.short": ["{m} min", "{m} 分钟"],
  "board.here.already": ["{name} is already checked in.", "{name} 已经签到。"],
  "board.not.here": ["{name} is not checked in.", "{name} 尚未签到。"],
  "board.unknown": ["There is no student number {number}.", "学号 {number} 不存在。"],
  "board.closed": ["The lab is closed now.", "现在不在开放时间内。"],
  "board.refused": ["You may not use this number from here.", "您无权在此使用该学号。"],
  "board.failed": ["That did not work. Please try again.", "操作失败，请重试。"],
  "board.wall": ["Wall mode", "大屏模式"],
  "board.leave": ["Leave wall mode", "退出大屏"],
  "board.locked": ["Log in to see who is here", "登录后可查看谁在这里"],
  "board.locked.lead": ["Outside the lab's own network, the list is for its members only.", "在实验室网络之外，名单仅对成员开放。"],
  "board.locked.other": ["This account may not see who is here", "此账号无权查看谁在这里"],
  "board.locked.other.lead": ["It has no confirmed student number. Ask the staff of the lab, or use another account.", "该账号没有经确认的学号。请联系实验室管理人员，或换一个账号。"],

  "admin.title": ["Looking after the server", "服务器管理"],
  "admin.gate": ["For the staff", "仅限管理人员"],
  "admin.gate.lead": ["Log in with an account of the staff.", "请使用管理人员账号登录。"],
  "admin.gate.other": ["This account is none of the staff's.", "此账号没有管理权限。"],
  "admin.server": ["The server", "服务器"],
  "admin.counts": ["{accounts} {accounts:person|people}, {guests} {guests:guest|guests}, {websockets} {websockets:WebSocket|WebSockets}, {topics} {topics:topic|topics}",
    "{accounts} 人，{guests} 位访客，{websockets} 个 WebSocket 连接，{topics} 个主题"],
  "admin.plugin": ["Plugin", "插件"],
  "admin.running": ["running", "运行中"],
  "admin.failures": ["failed", "失败"],
  "admin.refusals": ["refused", "拒绝"],
  "admin.timeouts": ["too late", "超时"],
  "admin.jobs": ["failed jobs", "失败的任务"],
  "admin.connections": ["Connections", "连接"],
  "admin.find.connection": ["Name, user or address", "姓名、用户或地址"],
  "admin.who": ["Who", "用户"],
  "admin.address": ["Address", "地址"],
  "admin.protocol": ["Protocol", "协议"],
  "admin.silent": ["Silent for", "静默"],
  "admin.in": ["Topics", "主题"],
  "admin.audit": ["Audit trail", "审计记录"],
  "admin.when": ["When", "时间"],
  "admin.action": ["Action", "操作"],
  "admin.target": ["Target", "对象"],
  "admin.detail": ["Details", "详情"],
  "admin.kick": ["Disconnect", "断开"],
  "admin.kick.sure": ["Close all connections of {name}? Clients of today do not come back by themselves.", "断开 {name} 的所有连接？新版客户端不会自动重连。"],
  "admin.topics": ["Topics", "主题"],
  "admin.find.topic": ["Part of a topic's name", "主题名称"],
  "admin.topic": ["Topic", "主题"],
  "admin.subscribers": ["Subscribers", "订阅数"],
  "admin.members": ["Members", "成员"],
  "admin.events": ["Events", "事件数"],
  "admin.accounts": ["Accounts", "账号"],
  "admin.find.account": ["Login, name or number", "登录名、姓名或号码"],
  "admin.login": ["Login", "登录名"],
  "admin.roles": ["Roles", "角色"],
  "admin.profiles": ["Known as", "各系统身份"],
  "admin.lock": ["Lock", "锁定"],
  "admin.unlock": ["Unlock", "解锁"],
  "admin.lock.sure": ["Lock the account {name}? Its connections are closed, and its logins end.", "锁定账号 {name}？其连接将断开，登录将失效。"],
  "admin.more": ["More", "更多"],
  "admin.many": ["the first {n}", "前 {n} 个"],

  "docs.title": ["Interfaces", "接口文档"],
  "docs.lead": ["Written by the server itself from what it has registered.", "由服务器根据自身注册内容生成。"],
  "docs.http": ["HTTP calls", "HTTP 接口"],
  "docs.events": ["Topics and frames", "主题与帧"],
  "docs.filter": ["Filter", "筛选"],
  "docs.filter.hint": ["path, name or word", "路径、名称或关键词"],
  "docs.missing": ["The server does not offer {path}.", "服务器未提供 {path}。"],
  "docs.parameters": ["Parameters", "参数"],
  "docs.name": ["Name", "名称"],
  "docs.where": ["Where", "位置"],
  "docs.type": ["Type", "类型"],
  "docs.meaning": ["Meaning", "说明"],
  "docs.body": ["Body", "请求体"],
  "docs.answers": ["Answers", "响应"],
  "docs.messages": ["Messages", "消息"],
  "docs.required": ["required", "必填"],
  "docs.try": ["Try it", "试用"],
  "docs.send": ["Send", "发送"],
  "docs.result": ["{status} in {ms} ms", "{status}，{ms} 毫秒"],
  "docs.token": ["With my login", "附带我的登录"],
  "docs.nothing": ["Nothing matches.", "没有匹配项。"],
  "docs.other": ["Other", "其他"],
};

const stored = (() => { try { return localStorage.getItem("muster.language"); } catch { return null; } })();
const asked = (navigator.languages ?? [navigator.language ?? "en"]).find((tag) => /^(zh|en)\b/i.test(tag)) ?? "en";

/** @type {"en"|"zh"} */
export const language = stored === "zh" || stored === "en" ? stored : /^zh/i.test(asked) ? "zh" : "en";

/**
 * The sentence of a key, with `{names}` filled in; `{n:person|people}` is the word for one or for more of that number.
 * @param {string} key @param {Record<string, any>} [values]
 */
export function t(key, values = {}) {
  const text = strings[key]?.[language === "zh" ? 1 : 0] ?? key;
  return text.replace(/\{(\w+)(?::(.*?)\|(.*?))?\}/g, (whole, name, one, more) => {
    const value = values[name];
    if (one !== undefined) return value === 1 ? one : more;
    return typeof value === "number" ? value.toLocaleString(language) : value ?? whole;
  });
}

/** Takes in a page's own sentences, as `{"key": ["English", "中文"]}`; call it before `begin`. @param {Record<string, [string, string]>} words */
export function addWords(words) { Object.assign(strings, words); }

export const has = (key) => key in strings;

/** Remembers the other language and shows the page in it. */
export function switchLanguage() {
  localStorage.setItem("muster.language", language === "zh" ? "en" : "zh");
  location.reload();
}

/** Fills in `data-en` and `data-zh` (the menu), `data-t` (text) and `data-t-label`, `data-t-hint` (attributes) below a node. @param {ParentNode} root */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-zh]")) node.textContent = language === "zh" ? node.dataset.zh : node.dataset.en;
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of root.querySelectorAll("[data-t-hint]")) node.setAttribute("placeholder", t(node.dataset.tHint));
}
