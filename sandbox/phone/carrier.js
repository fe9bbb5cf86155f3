// What the phone asks of the carrier. Every answer is an object; a failure is an Error with a sentence.

async function ask(path, body) {
  const request = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  let answer;
  try {
    answer = await fetch(`/carrier/${path}`, request);
  } catch {
    throw new Error("No network: the sandbox does not answer.");
  }
  const said = await answer.json().catch(() => ({ error: `The carrier answered ${answer.status}.` }));
  if (!answer.ok) throw new Error(said.error);
  return said;
}

export const about = () => ask("about");
export const dial = (phone, code) => ask("dial", { phone, code });
export const reply = (session, text) => ask("reply", { session, text });
export const hangUp = (session) => ask("hangup", { session });
export const write = (phone, to, text, provider) => ask("sms", { phone, to, text, provider });
export const inbox = (phone) => ask(`inbox?phone=${encodeURIComponent(phone)}`);
export const read = (phone, number) => ask("read", { phone, number });
