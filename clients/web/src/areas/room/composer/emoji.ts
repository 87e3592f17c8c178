// The emoji that can be picked: what a colleague uses, not the whole of Unicode. Each carries
// no name of ours: screen readers know them all.

const list = (text: string) => text.split(' ');

/** At hand under every message. */
export const QUICK = list('👍 ❤️ 😄 🎉 🙏 👌 😮 😢');

export const EMOJI = {
  'emoji.faces': list('😀 😄 😁 😅 😂 🙂 😉 😊 😍 😘 😜 🤔 🤗 🤭 😎 🥳 😌 😴 😷 🤒 🤕 😮 😲 😳 🥺 😢 😭 😤 😠 😡 😱 😰 😓 🙄 😬 🤐 🤦 🤷 💪 🫡'),
  'emoji.hands': list('👍 👎 👌 ✌️ 🤞 🤝 👏 🙌 🙏 👋 ☝️ 👉 👈 👆 👇 ✋ 🤙 ✍️ 👨‍💼 👩‍💼 👮 👷 👨‍⚕️ 👩‍⚕️ 👨‍🏫 👩‍🏫 👴 👵 👶 👪'),
  'emoji.things': list('❤️ 💔 ⭐ 🌟 🔥 🎉 🎊 🎁 🌹 🌸 🍉 🍇 🍵 ☕ 🏠 🏢 🏥 🏫 🚗 🚌 ✈️ ⏰ 📅 📌 📎 📄 📁 📷 📞 💻 🖨️ 🔒 🔑 ✅ ❌ ❗ ❓ ⚠️ 💯 🆗'),
} as const;
